import { KopoKopoAuthenticationError } from '../errors/authentication.error.js';
import { KopoKopoConnectionError } from '../errors/connection.error.js';
import type {
  KopoKopoError,
  KopoKopoErrorDetails,
  KopoKopoOutcome,
} from '../errors/kopokopo.error.js';
import { KopoKopoNotFoundError } from '../errors/not-found.error.js';
import { KopoKopoPermissionError } from '../errors/permission.error.js';
import { KopoKopoRateLimitError } from '../errors/rate-limit.error.js';
import { KopoKopoRefusedError } from '../errors/refused.error.js';
import { KopoKopoResponseError } from '../errors/response.error.js';
import { KopoKopoServerError } from '../errors/server.error.js';
import { KopoKopoTimeoutError } from '../errors/timeout.error.js';

/** What a final answer that is no 2xx means, before a word of its body is read. @internal */
export interface StatusMeaning {
  ErrorClass: new (
    message: string,
    details: KopoKopoErrorDetails,
  ) => KopoKopoError;
  /** May the request have been acted on? */
  outcome: KopoKopoOutcome;
  /** May what moves no money be sent again? */
  retryable: boolean;
}

const meaning = (
  ErrorClass: StatusMeaning['ErrorClass'],
  outcome: KopoKopoOutcome,
  retryable: boolean,
): StatusMeaning => ({ ErrorClass, outcome, retryable });

/** Proxies answer so when a connection ended before the answer; the request may have arrived. */
const CUT = meaning(KopoKopoConnectionError, 'unknown', true);

/** The statuses that the API page (§3, §4.1) or a proxy gives a meaning of their own. */
const BY_STATUS: ReadonlyMap<number, StatusMeaning> = new Map([
  [401, meaning(KopoKopoAuthenticationError, 'rejected', false)],
  [403, meaning(KopoKopoPermissionError, 'rejected', false)],
  [404, meaning(KopoKopoNotFoundError, 'rejected', false)],
  // Of a proxy by its definition (RFC 9110 §15.5.8): it passed nothing on.
  [407, meaning(KopoKopoConnectionError, 'rejected', false)],
  [408, meaning(KopoKopoTimeoutError, 'unknown', true)],
  [429, meaning(KopoKopoRateLimitError, 'rejected', true)],
  [444, CUT],
  [460, CUT],
  [499, CUT],
]);

/** Every other one means what its first digit means (RFC 9110 §15). */
const BY_CLASS: ReadonlyMap<number, StatusMeaning> = new Map([
  [4, meaning(KopoKopoRefusedError, 'rejected', false)],
  [5, meaning(KopoKopoServerError, 'unknown', true)],
]);

/** A redirect, an interim answer that ends the call, a number that is no status. */
const NO_ANSWER = meaning(KopoKopoResponseError, 'unknown', false);

/** Credentials refused with another 4xx than 401 (RFC 6749 §5.2). */
const WRONG_CLIENT = meaning(KopoKopoAuthenticationError, 'rejected', false);

/** @internal */
export function meaningOf(
  status: number,
  oauthError: string | undefined,
): StatusMeaning {
  if (oauthError === 'invalid_client') return WRONG_CLIENT;
  return (
    BY_STATUS.get(status) ?? BY_CLASS.get(Math.floor(status / 100)) ?? NO_ANSWER
  );
}

/**
 * Do OAuth's words in this answer say anything? They do where the status says "rejected" and the
 * answer comes from an OAuth endpoint, or is the 401 of a resource (RFC 6750 §3). A gateway's 502 that
 * quotes `invalid_client` is a 502.
 *
 * @internal
 */
export function speaksOAuth(status: number, path: string): boolean {
  if (meaningOf(status, undefined).outcome !== 'rejected') return false;
  return status === 401 || path.startsWith('/oauth/');
}
