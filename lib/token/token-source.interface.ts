import type { AccessToken } from './access-token.js';

/** What is asked of a source. @internal */
export interface TokenNeed {
  /** The token in hand, which a new one is to replace. */
  held?: AccessToken;
  /** Tells values that must not come back. */
  isRejected?(value: string): boolean;
}

/**
 * Where the cache gets a token from when it needs one.
 *
 * @internal
 */
export interface TokenSource {
  /** Ends within its budget, with a token or a `KopoKopoError`. */
  acquire(need?: TokenNeed): Promise<AccessToken>;
}
