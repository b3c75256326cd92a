import { KopoKopoAbortError } from '../errors/abort.error.js';
import {
  isKopoKopoError,
  type KopoKopoError,
  type KopoKopoOutcome,
} from '../errors/kopokopo.error.js';

/**
 * The error for a call that its signal ended. Only our own shutdown is a reason to pass on: another
 * error of ours, given by a caller, would tell the outcome of another call.
 *
 * @internal
 */
export function abortReason(
  signal: AbortSignal,
  outcome: KopoKopoOutcome,
): KopoKopoError {
  const reason: unknown = signal.reason;
  return isKopoKopoError(reason) && reason.code === 'KOPOKOPO_SHUT_DOWN'
    ? reason
    : new KopoKopoAbortError(undefined, { outcome });
}
