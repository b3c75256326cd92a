import {
  isKopoKopoError,
  type KopoKopoOutcome,
} from '../errors/kopokopo.error.js';
import type { Runtime } from '../time/runtime.js';
import { abortReason } from './abort-reason.js';

/** How often and how long something is tried. @internal */
export interface AttemptPolicy {
  /** Attempts at the most. */
  attempts: number;
  /** Milliseconds for one attempt. */
  attemptTimeout: number;
  /** Milliseconds for all attempts and the pauses between them. */
  budget: number;
}

/** First pause between attempts in milliseconds; it doubles, with full jitter. */
const FIRST_PAUSE = 200;

/**
 * Tries what may be repeated (token, introspect, revoke, GET) until it works, fails for good, or the
 * budget is used up. Never for what moves money. The outcome of the failure is that of all attempts: once
 * one of them may have been acted on, it is unknown.
 *
 * @internal
 */
export async function withinBudget<T>(
  attempt: (timeout: number) => Promise<T>,
  policy: AttemptPolicy,
  { clock, timers, random }: Runtime,
  signal?: AbortSignal,
): Promise<T> {
  const end = clock.now() + policy.budget;
  let outcome: KopoKopoOutcome = 'not-sent';
  for (let number = 1; ; number++) {
    try {
      const left = Math.max(1, end - clock.now());
      return await attempt(Math.min(policy.attemptTimeout, left));
    } catch (caught) {
      const error = ofAll(caught, outcome);
      if (isKopoKopoError(error)) outcome = error.outcome;
      const pause = pauseAfter(error, number, random);
      const over = number >= policy.attempts || pause >= end - clock.now();
      if (over || !isRetryable(error)) throw error;
      await timers.pause(pause, signal);
      if (signal?.aborted) throw abortReason(signal, outcome);
    }
  }
}

function ofAll(error: unknown, before: KopoKopoOutcome): unknown {
  return isKopoKopoError(error) &&
    before === 'unknown' &&
    error.outcome !== before
    ? error.toldOf({ outcome: before })
    : error;
}

function isRetryable(error: unknown): boolean {
  return isKopoKopoError(error) && error.retryable;
}

function pauseAfter(
  error: unknown,
  number: number,
  random: () => number,
): number {
  const asked = isKopoKopoError(error) ? (error.retryAfter ?? 0) * 1_000 : 0;
  return Math.max(asked, random() * FIRST_PAUSE * 2 ** (number - 1));
}
