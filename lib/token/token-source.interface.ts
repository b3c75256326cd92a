import type { AccessToken } from './access-token.js';

/**
 * Where the cache gets a token from when it needs one.
 *
 * @internal
 */
export interface TokenSource {
  /** Ends within the mint budget, with a token or a `KopoKopoError`. */
  acquire(signal?: AbortSignal): Promise<AccessToken>;
}
