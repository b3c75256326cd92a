import type { AccessToken } from './access-token.js';

/** What the cache tells; nothing it calls may throw. @internal */
export interface TokenCacheObserver {
  /** A token is in use from now on; `previous` was until now and lives, and may be the same one. */
  adopted(token: AccessToken, previous: AccessToken | undefined): void;
  /** No token came; the next attempt is `retryIn` milliseconds away. */
  failed(error: unknown, retryIn: number, serving: boolean): void;
  /** A caller got the token in hand although its renewal failed; once for each failure. */
  servedWhileFailing(token: AccessToken): void;
  /** The token in use was rejected and is dropped. */
  invalidated(token: AccessToken): void;
  /** The server handed out a token again that had been rejected. */
  rejectedAgain(token: AccessToken): void;
  /** After `close()`: a caller got a token that others may get too, until `drop` takes it out of the cache. */
  lent(token: AccessToken, drop: () => void): void;
}
