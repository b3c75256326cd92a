import type { AxiosError } from 'axios';
import { KopoKopoConnectionError } from '../errors/connection.error.js';
import type { KopoKopoError } from '../errors/kopokopo.error.js';
import { KopoKopoResponseError } from '../errors/response.error.js';
import { KopoKopoTimeoutError } from '../errors/timeout.error.js';
import type { SentRequest } from './sent-request.js';
import { TunnelError } from './tunnel.error.js';

/** The connection never came about, so nothing can have been received. */
const NEVER_CONNECTED = new Set([
  'connect',
  'getaddrinfo',
  'queryA',
  'queryAaaa',
]);

/** The other side is not who it should be; Node says so before anything is sent. */
const UNTRUSTED =
  /^(?!ERR_SSL_).*(?:CERT|SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY)|HOSTNAME_MISMATCH)/;

/** Alerts about the certificate of the side that receives them (RFC 8446 §6.2), as OpenSSL numbers and names them. */
const ABOUT_OURS =
  /SSL alert number (?:4[1-689]|116)\b|ERR_SSL_\w*ALERT_\w*(?:CERT|UNKNOWN_CA|ACCESS_DENIED)/;

/** A code as Node and axios write them; anything else stays out of our message. */
const KNOWN_FORM = /^[A-Z][A-Z0-9_]{2,60}$/;

/**
 * The error of a call that got no whole answer.
 *
 * @internal
 */
export function toTransportError(
  error: AxiosError,
  { host }: Pick<SentRequest, 'host'>,
): KopoKopoError {
  const code = codeOf(error);
  const cause: unknown = error.cause;
  if (cause instanceof TunnelError) {
    return new KopoKopoConnectionError(cause.message, {
      outcome: 'not-sent',
      retryable: cause.retryable,
    });
  }
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
  const isUnsecured = stillInHandshake(error);
  if (ABOUT_OURS.test(`${code} ${error.message}`)) {
    return new KopoKopoConnectionError(
      `Kopo Kopo asks for a client certificate, or did not accept that of http.httpsAgent (${code}).`,
      // From TLS 1.3 on the alert comes when the request may have been written.
      { outcome: isUnsecured ? 'not-sent' : 'unknown', retryable: false },
    );
  }
  return isUnsecured || neverConnected(error)
    ? new KopoKopoConnectionError(
        `Kopo Kopo can't be reached at ${host} (${code}).`,
        { outcome: 'not-sent' },
      )
    : new KopoKopoConnectionError(
        `The connection to Kopo Kopo broke before the whole answer came (${code}).`,
      );
}

function codeOf({ code = '' }: AxiosError): string {
  return KNOWN_FORM.test(code) ? code : 'no code';
}

/** Node keeps back what is written until the other side has proved who it is. */
function stillInHandshake(error: AxiosError): boolean {
  const { socket } = Object(error.request) as {
    socket?: { secureConnecting?: unknown };
  };
  return socket?.secureConnecting === true;
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
