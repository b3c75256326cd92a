import type { AxiosResponse } from 'axios';
import { KopoKopoAuthenticationError } from '../errors/authentication.error.js';
import type {
  KopoKopoError,
  KopoKopoErrorDetails,
} from '../errors/kopokopo.error.js';
import { KopoKopoNotFoundError } from '../errors/not-found.error.js';
import { KopoKopoPermissionError } from '../errors/permission.error.js';
import { KopoKopoRateLimitError } from '../errors/rate-limit.error.js';
import { KopoKopoRefusedError } from '../errors/refused.error.js';
import { KopoKopoResponseError } from '../errors/response.error.js';
import { KopoKopoServerError } from '../errors/server.error.js';
import { KopoKopoTimeoutError } from '../errors/timeout.error.js';
import { redact } from './redact.js';
import { parseRetryAfter } from './retry-after.parser.js';
import { oauthErrorOf, readProblem } from './upstream-body.reader.js';

/** The error code of a bearer challenge (RFC 6750 §3), such as `insufficient_scope`. */
const CHALLENGE = /\berror="([a-z_]{1,40})"/;

/**
 * The error for an answer that is not a 2xx.
 *
 * @internal
 */
export function toStatusError(
  response: Pick<AxiosResponse<unknown>, 'status' | 'headers' | 'data'>,
  secrets: readonly string[],
): KopoKopoError {
  const { status } = response;
  const details = detailsOf(response, secrets);
  const said = [
    details.oauthError ?? '',
    details.messages!.filter((text) => text !== details.oauthError).join(' '),
  ].filter((part) => part !== '');
  const why = said.length === 0 ? '' : `: ${said.join(': ')}`;
  const answer = `Kopo Kopo answered ${status}${why}`;
  if (status < 400) {
    return new KopoKopoResponseError(
      `Kopo Kopo answered with a redirect (${status}), which is not followed.`,
      details,
    );
  }
  if (status === 401 || details.oauthError === 'invalid_client') {
    return new KopoKopoAuthenticationError(answer, details);
  }
  switch (status) {
    case 403:
      return new KopoKopoPermissionError(answer, details);
    case 404:
      return new KopoKopoNotFoundError(answer, details);
    case 408:
      return new KopoKopoTimeoutError(answer, details);
    case 429:
      return new KopoKopoRateLimitError(answer, details);
    default:
      return status >= 500
        ? new KopoKopoServerError(answer, details)
        : new KopoKopoRefusedError(answer, details);
  }
}

function detailsOf(
  {
    status,
    headers,
    data,
  }: Pick<AxiosResponse<unknown>, 'status' | 'headers' | 'data'>,
  secrets: readonly string[],
): KopoKopoErrorDetails {
  const id: unknown = headers['x-request-id'];
  const retryAfter = parseRetryAfter(headers['retry-after']);
  const challenge: unknown = headers['www-authenticate'];
  const oauthError = oauthErrorOf(
    CHALLENGE.exec(String(challenge))?.[1],
    secrets,
  );
  return {
    status,
    ...(oauthError === undefined ? {} : { oauthError }),
    ...readProblem(data, secrets),
    ...(typeof id === 'string' && isPlainId(id, secrets)
      ? { requestId: id }
      : {}),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

function isPlainId(id: string, secrets: readonly string[]): boolean {
  return /^[\w.:-]{1,128}$/.test(id) && redact(id, secrets) === id;
}
