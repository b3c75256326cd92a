import { isAxiosError, type AxiosError, type AxiosResponse } from 'axios';
import { KopoKopoAbortError } from '../errors/abort.error.js';
import { KopoKopoConnectionError } from '../errors/connection.error.js';
import {
  isKopoKopoError,
  type KopoKopoError,
} from '../errors/kopokopo.error.js';
import { KopoKopoResponseError } from '../errors/response.error.js';
import { KopoKopoTimeoutError } from '../errors/timeout.error.js';
import { secretsOf } from './request-secrets.js';
import { toStatusError } from './upstream-status.mapper.js';

/** The connection never came about, so nothing can have been received. */
const NEVER_CONNECTED = new Set([
  'connect',
  'getaddrinfo',
  'queryA',
  'queryAaaa',
]);

/** The other side is not who it should be; Node says so before anything is sent. */
const UNTRUSTED =
  /CERT|SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY)|HOSTNAME_MISMATCH/;

/** A code as Node and axios write them; anything else stays out of our message. */
const KNOWN_FORM = /^[A-Z][A-Z0-9_]{2,60}$/;

/**
 * Maps whatever a call on the module's axios failed with to one of our errors. Nothing of the axios
 * error is kept: it holds the request, with the secret in it.
 *
 * @internal
 */
export function toKopoKopoError(error: unknown): KopoKopoError {
  if (isKopoKopoError(error)) return error;
  if (!isAxiosError(error)) {
    return new KopoKopoConnectionError(
      'The call to Kopo Kopo failed before it was answered.',
      { retryable: false },
    );
  }
  const reason: unknown = (error.config?.signal as AbortSignal | undefined)
    ?.reason;
  if (error.code === 'ERR_CANCELED') {
    return isKopoKopoError(reason)
      ? reason
      : new KopoKopoAbortError(undefined, { outcome: 'unknown' });
  }
  const response = error.response as AxiosResponse<unknown> | undefined;
  return response === undefined || response.status < 300
    ? toTransportError(error)
    : toStatusError(response, secretsOf(error.config));
}

function toTransportError(error: AxiosError): KopoKopoError {
  const code = codeOf(error);
  if (/maxContentLength/.test(error.message)) {
    return new KopoKopoResponseError('The answer of Kopo Kopo is too large.');
  }
  if (code.startsWith('HPE_') || code.startsWith('Z_')) {
    return new KopoKopoResponseError(
      `The answer of Kopo Kopo can't be read (${code}).`,
    );
  }
  if (code === 'ECONNABORTED' && /timeout/.test(error.message)) {
    return new KopoKopoTimeoutError('Kopo Kopo did not answer in time.');
  }
  if (UNTRUSTED.test(code)) {
    return new KopoKopoConnectionError(
      `The certificate of Kopo Kopo was not accepted (${code}).`,
      { outcome: 'not-sent', retryable: false },
    );
  }
  return neverConnected(error)
    ? new KopoKopoConnectionError(`Kopo Kopo can't be reached (${code}).`, {
        outcome: 'not-sent',
      })
    : new KopoKopoConnectionError(
        `The connection to Kopo Kopo broke before the whole answer came (${code}).`,
      );
}

function codeOf(error: AxiosError): string {
  const code = error.code ?? '';
  return KNOWN_FORM.test(code) ? code : 'no code';
}

function neverConnected(error: AxiosError): boolean {
  const cause = error.cause as
    (NodeJS.ErrnoException & { errors?: NodeJS.ErrnoException[] }) | undefined;
  // Several addresses were tried: every one of them must have failed to connect.
  const failures = cause?.errors ?? (cause === undefined ? [] : [cause]);
  return (
    failures.length > 0 &&
    failures.every(({ syscall }) => NEVER_CONNECTED.has(syscall ?? ''))
  );
}
