import { milliseconds } from '../../config/option-checks.js';
import {
  isKopoKopoError,
  type KopoKopoError,
} from '../../errors/kopokopo.error.js';
import { KopoKopoShutdownError } from '../../errors/shutdown.error.js';
import { KopoKopoTimeoutError } from '../../errors/timeout.error.js';
import { KopoKopoValidationError } from '../../errors/validation.error.js';
import { abortReason } from '../../http/abort-reason.js';
import { checkSignal } from '../../http/signal.check.js';
import type { RequestAnswer } from '../answer/resource-answer.js';
import { ResourceClient } from './resource.client.js';
import {
  pathOfResource,
  type ResourceTarget,
  targetId,
} from './resource-reference.js';
import type { WaitOptions } from './wait-options.js';

/** Milliseconds for which `waitUntilFinal` waits by default: a customer has about one minute. */
const PATIENCE = 120_000;

/** Milliseconds of the first and of the longest pause between two looks. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 15_000;

/** By how much a pause is longer than the one before. */
const GROWTH = 1.5;

/** Milliseconds that one attempt to look may take. */
const LONGEST_LOOK = 10_000;

/** Milliseconds that the last look has. */
const LAST_LOOK = 1_000;

/** Milliseconds for which a resource may be missing behind its creation. */
const APPEARS_WITHIN = 10_000;

/**
 * Requests of one kind that Kopo Kopo works on: they are created, looked at and waited for.
 *
 * @publicApi
 */
export class RequestClient<
  Request extends object,
  Answer extends RequestAnswer,
> extends ResourceClient<Request, Answer> {
  /**
   * Looks at the request, with pauses of 2 to 15 seconds, until nothing is to come any more, and gives
   * it whatever its end is: one that failed is an answer, no exception. Looks that fail are repeated,
   * and a 404 in the first ten seconds is waited out.
   *
   * @throws KopoKopoTimeoutError when the time is over; its `last` is the last answer seen, and the
   * outcome of the request is unknown
   * @throws KopoKopoError with `outcome: 'unknown'` when looking can't succeed: no permission, no such
   * resource, a shutdown; the request was accepted and must not be sent again
   */
  async waitUntilFinal(
    target: ResourceTarget,
    options: WaitOptions<Answer> = {},
  ): Promise<Answer> {
    const { timeout = PATIENCE, signal, onProgress } = { ...options };
    const problem = milliseconds(timeout);
    if (problem !== undefined) {
      throw new KopoKopoValidationError(`The timeout ${problem}.`);
    }
    checkSignal(signal);
    const { clock, timers, random } = this.door.runtime;
    const id = targetId(target, this.place);
    const end = clock.now() + timeout;
    let last: Answer | undefined;
    let isLastLook = false;
    let news = new AbortController();
    const off = this.door.arrivals.on(`${this.place.type}:${id}`, () =>
      news.abort(),
    );
    try {
      for (let pause = FIRST_PAUSE; ; pause *= GROWTH) {
        // A delivery that comes while it looks is looked for once more.
        news = new AbortController();
        let asked = 0;
        let answer: Answer | undefined;
        let isMissing = false;
        try {
          const look = { timeout: lookTime(end - clock.now()), signal };
          answer = await this.get(id, look);
          last = answer;
        } catch (error) {
          if (!this.mayAppear(error, end - timeout, last))
            throw ofRequest(error);
          asked = (error.retryAfter ?? 0) * 1_000;
          isMissing = error.status === 404;
        }
        if (answer !== undefined) await onProgress?.(answer);
        if (answer?.isFinal) return answer;
        if (this.door.arrivals.isClosed) throw this.ended(id);
        const left = end - clock.now();
        if (isLastLook || asked >= left) throw this.givenUp(id, timeout, last);
        const full = Math.min(pause, LONGEST_PAUSE);
        const jittered = full * (0.75 + random() / 2);
        const appears = end - timeout + APPEARS_WITHIN - clock.now();
        const wait = Math.max(
          asked,
          isMissing ? Math.min(jittered, appears) : jittered,
        );
        // The last look falls within the time.
        const latest = left - Math.min(LAST_LOOK, left / 4);
        isLastLook = wait >= latest;
        // Kopo Kopo is not looked at before it wants it.
        const ends = [
          ...(asked > 0 ? [] : [news.signal]),
          ...(signal ? [signal] : []),
        ];
        await timers.pause(Math.min(wait, latest), AbortSignal.any(ends));
        if (signal?.aborted) throw abortReason(signal, 'unknown');
        if (this.door.arrivals.isClosed) throw this.ended(id);
        if (news.signal.aborted) isLastLook = false;
      }
    } finally {
      off();
    }
  }

  private mayAppear(
    error: unknown,
    begun: number,
    last: Answer | undefined,
  ): error is KopoKopoError {
    if (!isKopoKopoError(error)) return false;
    if (error.retryable) return true;
    const age = this.door.runtime.clock.now() - begun;
    return error.status === 404 && last === undefined && age < APPEARS_WITHIN;
  }

  private ended(id: string): KopoKopoShutdownError {
    return new KopoKopoShutdownError(
      `The application shut down before the ${this.place.type} was final. It may still be carried out: look at it again.`,
      { ...NEVER_AGAIN, path: pathOfResource(id, this.place) },
    );
  }

  private givenUp(
    id: string,
    timeout: number,
    last: Answer | undefined,
  ): KopoKopoTimeoutError {
    const status = last === undefined ? 'not seen' : `"${last.status}"`;
    return new KopoKopoTimeoutError(
      `The ${this.place.type} was not final within ${timeout} ms; it was ${status} last. It may still be carried out: look at it again.`,
      { ...NEVER_AGAIN, path: pathOfResource(id, this.place) },
      last,
    );
  }
}

/**
 * The request itself was accepted: no failure to look at it may be taken for leave to send it again, and told as
 * that of a GET it would be.
 */
const NEVER_AGAIN = {
  outcome: 'unknown',
  retryable: false,
  method: undefined,
} as const;

function ofRequest(error: unknown): unknown {
  return isKopoKopoError(error) ? error.toldOf(NEVER_AGAIN) : error;
}

/** A look that fails is repeated for twice as long: that is what is left, at the most. */
function lookTime(left: number): number {
  return Math.min(Math.max(Math.ceil(left / 2), 1), LONGEST_LOOK);
}
