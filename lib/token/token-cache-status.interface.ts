import type { CoolDown } from './cool-down.js';
import type { HeldToken } from './held-token.js';
import type { TokenState } from './token-status.interface.js';

/** The cache's view of itself; times by `clock.now()`. @internal */
export interface TokenCacheStatus {
  state: TokenState;
  requesting: boolean;
  held: HeldToken | undefined;
  coolDown: CoolDown;
  now: number;
}
