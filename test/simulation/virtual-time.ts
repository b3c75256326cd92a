import type { Runtime } from '../../lib/time/runtime.js';

interface Task {
  at: number;
  /** By the time the machine was awake, as Node's timers, or by the world's time, as a server. */
  awake: boolean;
  /** Armed by the code under test, which awaits it or does not. */
  ours: 'awaited' | 'behind' | undefined;
  run: () => void;
}

/**
 * Time that moves only when it is told to. While the machine is suspended the world's time goes on
 * and timers stand still; a busy turn of the event loop makes timers late.
 */
export class VirtualTime {
  /** Milliseconds suspended until now. */
  asleep = 0;
  /** Milliseconds in which the event loop was blocked until now. */
  busy = 0;
  #awake = 1_000_000;
  #wallShift = 1_700_000_000_000;
  readonly #tasks = new Set<Task>();
  #turns: (() => void)[] = [];

  constructor(private readonly random: () => number) {}

  /** By what timers go. */
  get awake(): number {
    return this.#awake;
  }

  /** By what clocks and servers go. */
  get now(): number {
    return this.#awake + this.asleep;
  }

  /** Timers that the code under test has armed and not cancelled. */
  get armed(): { awaited: number; behind: number } {
    const ours = [...this.#tasks].map((task) => task.ours);
    return {
      awaited: ours.filter((kind) => kind === 'awaited').length,
      behind: ours.filter((kind) => kind === 'behind').length,
    };
  }

  readonly runtime: Runtime = {
    clock: {
      now: () => this.now,
      wall: () => this.now + this.#wallShift,
    },
    timers: {
      later: (ms, run) => this.timer(ms, run, 'behind'),
      pause: (ms, signal) =>
        new Promise((resolve) => {
          const done = (): void => {
            cancel();
            signal?.removeEventListener('abort', done);
            resolve();
          };
          const cancel = this.timer(ms, done, 'awaited');
          signal?.addEventListener('abort', done);
          if (signal?.aborted) done();
        }),
      afterTurn: (task) => void this.#turns.push(task),
    },
    random: () => this.random(),
  };

  /** A timer of this machine. */
  timer(ms: number, run: () => void, ours?: Task['ours']): () => void {
    if (!Number.isFinite(ms)) throw new Error(`A timer of ${ms} ms.`);
    return this.add({
      at: this.#awake + Math.max(0, ms),
      awake: true,
      ours,
      run,
    });
  }

  /** Something that happens elsewhere in the world at this time. */
  elsewhere(at: number, run: () => void): void {
    this.add({ at, awake: false, ours: undefined, run });
  }

  suspend(ms: number): void {
    this.endTurn();
    this.asleep += ms;
  }

  block(ms: number): void {
    this.#awake += ms;
    this.busy += ms;
  }

  setWall(by: number): void {
    this.#wallShift += by;
  }

  /** Takes out the next thing that is due by then, and moves time to it. */
  take(untilAwake: number): (() => void) | undefined {
    let next: Task | undefined;
    let soonest = untilAwake - this.#awake;
    for (const task of this.#tasks) {
      const left = task.at - (task.awake ? this.#awake : this.now);
      // Sets keep their order: what was armed first runs first.
      if (left < soonest || (next === undefined && left <= soonest)) {
        next = task;
        soonest = left;
      }
    }
    if (next === undefined || soonest > 0) this.endTurn();
    if (next === undefined) {
      this.#awake = Math.max(this.#awake, untilAwake);
      return undefined;
    }
    this.#tasks.delete(next);
    if (soonest > 0) {
      // Not by adding what is left: it must not be a hair too early.
      this.#awake = next.awake ? next.at : next.at - this.asleep;
    }
    return next.run;
  }

  endTurn(): void {
    for (const task of this.#turns.splice(0)) task();
  }

  private add(task: Task): () => void {
    this.#tasks.add(task);
    return () => void this.#tasks.delete(task);
  }
}
