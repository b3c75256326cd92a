import type { Clock } from './clock.js';
import { SystemClock } from './system-clock.js';
import { SystemTimers } from './system-timers.js';
import type { Timers } from './timers.js';

/**
 * Time and chance, handed in so that tests can make their own.
 *
 * @internal
 */
export interface Runtime {
  clock: Clock;
  timers: Timers;
  /** From 0 to just under 1. */
  random(): number;
}

/** @internal */
export const RUNTIME = Symbol.for('nestjs-kopokopo.runtime');

/** @internal */
export function systemRuntime(): Runtime {
  return {
    clock: new SystemClock(),
    timers: new SystemTimers(),
    random: Math.random,
  };
}
