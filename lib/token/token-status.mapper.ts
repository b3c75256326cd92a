import { isKopoKopoError } from '../errors/kopokopo.error.js';
import type { TokenCacheStatus } from './token-cache-status.interface.js';
import type { TokenStatus } from './token-status.interface.js';

/**
 * The cache's own view, in dates that people read.
 *
 * @internal
 */
export function toStatus(
  { state, requesting, held, coolDown, now }: TokenCacheStatus,
  wall: number,
  store: Pick<TokenStatus, 'store' | 'members'>,
): TokenStatus {
  const date = (at: number): Date => new Date(wall + at - now);
  const status: TokenStatus = { state, requesting, ...store };
  if (held !== undefined) {
    const { token, windows } = held;
    status.age = Math.round(now - (token.deadline - token.lifetime));
    status.remaining = Math.max(0, Math.round(windows.expiresAt - now));
    status.expiresAt = date(windows.expiresAt);
    status.nextAttemptAt = date(Math.max(windows.earlyAt, coolDown.until, now));
  }
  if (coolDown.error !== undefined) {
    const code = isKopoKopoError(coolDown.error)
      ? coolDown.error.code
      : undefined;
    status.lastFailure = { code, at: date(coolDown.failedAt) };
    status.nextAttemptAt = date(Math.max(coolDown.until, now));
  }
  return status;
}
