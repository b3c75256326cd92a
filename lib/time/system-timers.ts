import { withoutContext } from './no-context.js';
import type { Timers } from './timers.js';

/** setTimeout fires at once beyond this. */
const LONGEST = 2 ** 31 - 1;

/**
 * Node's own timers.
 *
 * @internal
 */
export class SystemTimers implements Timers {
  later(ms: number, task: () => void): () => void {
    let timer: NodeJS.Timeout | undefined;
    const step = (left: number): void => {
      const leg = Math.min(left, LONGEST);
      const next = (): void => (left > leg ? step(left - leg) : task());
      timer = setTimeout(next, leg).unref();
    };
    withoutContext(() => step(Math.max(0, ms)));
    return () => clearTimeout(timer);
  }

  pause(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(ms, LONGEST));
      signal?.addEventListener('abort', done);
      if (signal?.aborted) done();
    });
  }

  /** Kept ref'd: it fires before the loop can sleep, so it never holds a process for longer than a turn. */
  afterTurn(task: () => void): void {
    setImmediate(task);
  }
}
