import type { AccessToken } from './access-token.js';
import type { TokenState } from './token-status.interface.js';
import type { TokenWindows } from './token-windows.js';

/**
 * A look at the clock holds for the rest of a turn only if the token outlives it by this, in milliseconds:
 * longer than any turn of an event loop lasts that still serves anyone.
 */
const TURN_MARGIN = 600_000;

/**
 * The token in hand and the moments of its life.
 *
 * @internal
 */
export class HeldToken {
  /** Made once, so that a warm read allocates nothing. */
  readonly promise: Promise<AccessToken>;

  constructor(
    readonly token: AccessToken,
    readonly windows: TokenWindows,
  ) {
    this.promise = Promise.resolve(token);
  }

  stateAt(now: number): TokenState {
    const { earlyAt, lastAt, expiresAt } = this.windows;
    if (now >= expiresAt) return 'expired';
    if (now >= lastAt) return 'last-seconds';
    return now >= earlyAt ? 'early' : 'fresh';
  }

  livesAt(now: number): boolean {
    return now < this.windows.expiresAt;
  }

  /** May the clock go unread until this turn of the event loop is over? */
  outlivesTurn(now: number): boolean {
    const { lastAt, expiresAt } = this.windows;
    return now < lastAt && expiresAt - now >= TURN_MARGIN;
  }
}
