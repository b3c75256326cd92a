import type { AccessToken } from './access-token.js';

/** The windows of a token's life, as options. @internal */
export interface WindowSettings {
  /** Share of the life. */
  earlyWindow: number;
  /** Milliseconds. */
  lastWindow: number;
}

/** Moments in the life of one token, by `clock.now()`. @internal */
export interface TokenWindows {
  /** From here one renewal runs behind the callers. */
  earlyAt: number;
  /** From here callers wait for the renewal. */
  lastAt: number;
  expiresAt: number;
}

/** Share of the early window over which the pods of a fleet spread their renewals. */
const JITTER = 0.2;

/** The last seconds are never a larger share of the life. */
const LAST_SHARE = 0.25;

/**
 * Lays out the life of a token. The last seconds take at most half of the early window, so that
 * short-lived tokens are renewed behind the callers too.
 *
 * @internal
 */
export function windowsOf(
  token: AccessToken,
  settings: WindowSettings,
  random: () => number,
): TokenWindows {
  const expiresAt = token.deadline;
  const early = token.lifetime * settings.earlyWindow;
  const last = Math.min(
    settings.lastWindow,
    early / 2,
    token.lifetime * LAST_SHARE,
  );
  const lead = early - random() * JITTER * (early - last);
  return { earlyAt: expiresAt - lead, lastAt: expiresAt - last, expiresAt };
}
