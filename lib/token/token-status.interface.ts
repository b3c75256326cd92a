import type { KopoKopoErrorCode } from '../errors/kopokopo.error.js';

/**
 * Where the token stands in its life: `none` was had yet or it was dropped; `fresh`; in its `early`
 * window, where it is renewed behind the callers; in its `last-seconds`, where callers wait for the
 * renewal; `expired`; `closed` after shutdown.
 *
 * @publicApi
 */
export type TokenState =
  'none' | 'fresh' | 'early' | 'last-seconds' | 'expired' | 'closed';

/**
 * How the token store does: `none` is configured; `in-use`; `degraded`, when the token in hand is not
 * shared, although the store answers; or `out-of-reach`.
 *
 * @publicApi
 */
export type TokenStoreState = 'none' | 'in-use' | 'degraded' | 'out-of-reach';

/**
 * The state of a token, by `TokenService.status()`.
 *
 * @publicApi
 */
export interface TokenStatus {
  /** Where the token stands in its life. */
  state: TokenState;
  /** A request for a token is in flight. */
  requesting: boolean;
  /** Milliseconds since the token was asked for. */
  age?: number;
  /** Milliseconds the token has left; 0 once it has expired. */
  remaining?: number;
  /** When the token expires, by the wall clock. */
  expiresAt?: Date;
  /** Why no token came the last time; absent once one did. */
  lastFailure?: TokenFailure;
  /** When a token is asked for next at the earliest, where the cache knows. */
  nextAttemptAt?: Date;
  /** How the token store does. */
  store: TokenStoreState;
  /** Living processes that share the token, when this one last gave a sign of life; only while a store answers. For a lapse after the store was emptied, those too that are expected back. */
  members?: number;
}

/**
 * A failure to get a token.
 *
 * @publicApi
 */
export interface TokenFailure {
  /** `code` of the error, where it was one of ours. */
  code: KopoKopoErrorCode | undefined;
  /** When it failed. */
  at: Date;
}
