import type { CoolDownSettings } from './cool-down.js';
import type { WindowSettings } from './token-windows.js';

/** What of the options decides over the life of a token. @internal */
export type TokenCacheSettings = WindowSettings & CoolDownSettings;
