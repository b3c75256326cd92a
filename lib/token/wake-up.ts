import type { Runtime } from '../time/runtime.js';

/**
 * The one timer of the cache, so that a process in which nobody asks renews too.
 *
 * @internal
 */
export class WakeUp {
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(
    private readonly runtime: Runtime,
    private readonly task: () => void,
  ) {}

  get isStopped(): boolean {
    return this.#stopped;
  }

  /** Takes the place of a moment set before. */
  at(moment: number): void {
    this.#cancel();
    if (this.#stopped) return;
    const wait = moment - this.runtime.clock.now();
    this.#cancel = this.runtime.timers.later(wait, this.task);
  }

  cancel(): void {
    this.#cancel();
  }

  /** The process is going: no moment counts any more. */
  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }
}
