import type { Timers } from './timers.js';

/**
 * As `later`, for what is mostly cancelled before the turn of the event loop is over: no timer is made then.
 *
 * @internal
 */
export function laterThanTurn(
  timers: Timers,
  ms: number,
  task: () => void,
): () => void {
  let cancel = (): void => {};
  let isCancelled = false;
  timers.afterTurn(() => {
    if (!isCancelled) cancel = timers.later(ms, task);
  });
  return () => {
    isCancelled = true;
    cancel();
  };
}
