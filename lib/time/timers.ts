/**
 * Runs things later.
 *
 * @internal
 */
export interface Timers {
  /** Runs `task` after `ms` milliseconds without keeping the process alive; gives a function that cancels. */
  later(ms: number, task: () => void): () => void;
  /** Resolves after `ms` milliseconds and does keep the process alive: somebody awaits it. */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs `task` once the current turn of the event loop is over. */
  afterTurn(task: () => void): void;
}
