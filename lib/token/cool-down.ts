import { isKopoKopoError } from '../errors/kopokopo.error.js';

/** Milliseconds. @internal */
export interface CoolDownSettings {
  cooldownMin: number;
  cooldownMax: number;
}

/** A server that asks for more is asked again after this long all the same, in milliseconds. */
export const LONGEST_RETRY_AFTER = 300_000;

/** However little life a token has left, attempts stay this far apart, in milliseconds. */
const CLOSEST = 250;

/** At least so many attempts fit in before the last seconds of a token. */
const ATTEMPTS_LEFT = 3;

/**
 * The pause after a failure: full jitter between the shortest and a bound that doubles, or what the
 * server asked for.
 *
 * @internal
 */
export class CoolDown {
  #until = -Infinity;
  #failures = 0;
  #error: unknown;
  #failedAt = -Infinity;
  #served = true;

  constructor(
    private readonly settings: CoolDownSettings,
    private readonly random: () => number,
  ) {}

  /** `clock.now()` at which the next attempt may be made. */
  get until(): number {
    return this.#until;
  }

  /** What failed last, until something works again. */
  get error(): unknown {
    return this.#error;
  }

  /** `clock.now()` of that failure. */
  get failedAt(): number {
    return this.#failedAt;
  }

  /** True for the first who asks after a failure. */
  firstServed(): boolean {
    const first = !this.#served;
    this.#served = true;
    return first;
  }

  isOn(now: number): boolean {
    return now < this.#until;
  }

  /** `calm` is how long callers can still be served without waiting, in milliseconds. */
  begin(now: number, error: unknown, calm: number): void {
    const { cooldownMin, cooldownMax } = this.settings;
    this.#failures += 1;
    this.#error = error;
    this.#failedAt = now;
    this.#served = false;
    const bound = Math.min(cooldownMax, cooldownMin * 2 ** this.#failures);
    const jittered =
      cooldownMin + this.random() * Math.max(0, bound - cooldownMin);
    const pause =
      calm > 0
        ? Math.min(jittered, Math.max(CLOSEST, calm / ATTEMPTS_LEFT))
        : jittered;
    this.#until = now + Math.max(pause, retryAfterOf(error));
  }

  end(): void {
    this.#until = -Infinity;
    this.#failures = 0;
    this.#error = undefined;
    this.#served = true;
  }
}

/** Milliseconds that the server asked to wait, within reason. @internal */
export function retryAfterOf(error: unknown): number {
  const seconds = isKopoKopoError(error) ? (error.retryAfter ?? 0) : 0;
  return Math.min(seconds * 1_000, LONGEST_RETRY_AFTER);
}
