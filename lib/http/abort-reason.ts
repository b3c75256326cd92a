import { KopoKopoAbortError } from '../errors/abort.error.js';
import {
  isKopoKopoError,
  type KopoKopoError,
  type KopoKopoOutcome,
} from '../errors/kopokopo.error.js';

/**
 * The error for a call that its signal ended: the signal's own reason where that is one of ours.
 *
 * @internal
 */
export function abortReason(
  signal: AbortSignal,
  outcome: KopoKopoOutcome,
): KopoKopoError {
  const reason: unknown = signal.reason;
  return isKopoKopoError(reason)
    ? reason
    : new KopoKopoAbortError(undefined, { outcome });
}
