import type { Runtime } from '../../lib/time/runtime.js';

interface Task {
  at: number;
  run: () => void;
}

/** Time that stands still until it is moved, and chance that is known beforehand. */
export class VirtualRuntime implements Runtime {
  /** What `random()` gives. */
  chance = 0;
  /** How often the clock was looked at. */
  looks = 0;
  #now = 1_000_000;
  #tasks = new Set<Task>();
  #turns: (() => void)[] = [];

  readonly clock = {
    now: (): number => {
      this.looks += 1;
      return this.#now;
    },
    wall: (): number => 1_700_000_000_000 + this.#now,
  };

  readonly timers = {
    later: (ms: number, run: () => void): (() => void) => {
      const task = { at: this.#now + Math.max(0, ms), run };
      this.#tasks.add(task);
      return () => void this.#tasks.delete(task);
    },
    pause: (ms: number, signal?: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        this.timers.later(ms, resolve);
        signal?.addEventListener('abort', () => resolve());
        if (signal?.aborted) resolve();
      }),
    afterTurn: (task: () => void): void => void this.#turns.push(task),
  };

  random = (): number => this.chance;

  /** Moments, from now, at which something is due. */
  get due(): number[] {
    return [...this.#tasks]
      .map(({ at }) => at - this.#now)
      .toSorted((a, b) => a - b);
  }

  /** Ends the turn of the event loop and lets every promise settle. */
  async turn(): Promise<void> {
    for (const task of this.#turns.splice(0)) task();
    await new Promise((resolve) => setImmediate(resolve));
    for (const task of this.#turns.splice(0)) task();
  }

  /** Moves time on, timer by timer. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.turn();
    for (let task = this.#next(end); task; task = this.#next(end)) {
      this.#tasks.delete(task);
      this.#now = Math.max(this.#now, task.at);
      task.run();
      await this.turn();
    }
    this.#now = end;
    await this.turn();
  }

  /** Moves time on within one turn of the event loop, as a long computation does. */
  block(ms: number): void {
    this.#now += ms;
  }

  /** Moves time on as a suspended machine does: no timer runs meanwhile. */
  async sleep(ms: number): Promise<void> {
    this.#now += ms;
    await this.turn();
  }

  #next(end: number): Task | undefined {
    let first: Task | undefined;
    for (const task of this.#tasks) {
      if (task.at <= end && task.at < (first?.at ?? Infinity)) first = task;
    }
    return first;
  }
}
