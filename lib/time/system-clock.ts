import { uptime } from 'node:os';
import type { Clock } from './clock.js';

/** Wall and monotonic clock drifting apart by more than this is worth a look at the uptime. */
const SUSPICION = 1_000;

/** The three clocks of a machine, in milliseconds. @internal */
export interface ClockSources {
  /** Stands still while the machine is suspended, never jumps. */
  monotonic(): number;
  /** Goes on while the machine is suspended, may be set by anyone. */
  wall(): number;
  /** Goes on while the machine is suspended, can't be set, costs a system call. */
  uptime(): number;
}

const MACHINE: ClockSources = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  uptime: () => uptime() * 1_000,
};

/**
 * Monotonic time plus the time that the machine slept. Only when the wall clock has moved otherwise
 * than the monotonic one is the uptime asked which of the two it was: a sleep or a clock that was set.
 *
 * @internal
 */
export class SystemClock implements Clock {
  private asleep = 0;
  private drift: number;
  private readonly sinceBoot: number;

  constructor(private readonly sources: ClockSources = MACHINE) {
    const monotonic = sources.monotonic();
    this.drift = sources.wall() - monotonic;
    this.sinceBoot = sources.uptime() - monotonic;
  }

  now(): number {
    const monotonic = this.sources.monotonic();
    const drift = this.sources.wall() - monotonic;
    if (Math.abs(drift - this.drift) > SUSPICION) {
      this.drift = drift;
      const slept = this.sources.uptime() - monotonic - this.sinceBoot;
      this.asleep = Math.max(this.asleep, slept > SUSPICION ? slept : 0);
    }
    return monotonic + this.asleep;
  }

  wall(): number {
    return this.sources.wall();
  }
}
