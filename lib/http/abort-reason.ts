import { KopoKopoAbortError } from '../errors/abort.error.js';
import type {
  KopoKopoError,
  KopoKopoOutcome,
} from '../errors/kopokopo.error.js';
import { KopoKopoShutdownError } from '../errors/shutdown.error.js';

/**
 * The reason for which this package itself ends a call: the application shuts down. It is no error and
 * holds no outcome, and nothing public leads to it.
 *
 * @internal
 */
export class ShutdownReason {
  constructor(readonly message: string) {}
}

/**
 * The error for a call that its signal ended. The outcome is always that of the call: a caller may abort
 * with any reason, even with an error of ours that tells of another call.
 *
 * @internal
 */
export function abortReason(
  signal: AbortSignal,
  outcome: KopoKopoOutcome,
): KopoKopoError {
  const reason: unknown = signal.reason;
  return reason instanceof ShutdownReason
    ? new KopoKopoShutdownError(reason.message, { outcome })
    : new KopoKopoAbortError(undefined, { outcome });
}
