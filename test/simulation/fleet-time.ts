import type { Runtime } from '../../lib/time/runtime.js';

interface Task {
  at: number;
  /** Whose machine it runs on; none: elsewhere in the world. */
  pod: PodTime | undefined;
  /** What the network brings: after a pause timers come first. */
  brought: boolean;
  run: () => void;
}

/** Milliseconds. */
const ROUNDING = 1e-3;

/** One time for several processes, each of which may stand still or die. */
export class FleetTime {
  now = 1_000_000;
  readonly #tasks = new Set<Task>();

  elsewhere(at: number, run: () => void): void {
    this.add({ at, pod: undefined, brought: false, run });
  }

  add(task: Task): () => void {
    this.#tasks.add(task);
    return () => void this.#tasks.delete(task);
  }

  /** Takes out the next task that is due by then, and moves time to it. */
  take(until: number): Task | undefined {
    const next = this.#next();
    if (next === undefined || dueAt(next) > until) {
      this.now = Math.max(this.now, until);
      return undefined;
    }
    this.#tasks.delete(next);
    this.now = Math.max(this.now, dueAt(next));
    return next;
  }

  /** When something happens next. */
  get soonest(): number {
    const next = this.#next();
    return next === undefined ? Infinity : dueAt(next);
  }

  #next(): Task | undefined {
    let next: Task | undefined;
    let soonest = Infinity;
    for (const task of this.#tasks) {
      const due = dueAt(task);
      if (due > soonest) continue;
      if (next !== undefined && due === soonest && !isBefore(task, next)) {
        continue;
      }
      next = task;
      soonest = due;
    }
    return next;
  }

  drop(pod: PodTime): void {
    for (const task of this.#tasks) {
      if (task.pod === pod) this.#tasks.delete(task);
    }
  }

  /** Timers that are armed on this machine. */
  armed(pod: PodTime): number {
    return [...this.#tasks].filter((task) => task.pod === pod && !task.brought)
      .length;
  }
}

/** Time as one process has it: a clock of its own, timers that end with it. */
export class PodTime {
  /** Until then it stands still. */
  heldUntil = 0;
  isDead = false;
  /** Timers nobody awaits. */
  behind = 0;
  #turns: (() => void)[] = [];

  /** `offset`: no two machines agree on what their clocks count from. */
  constructor(
    private readonly world: FleetTime,
    private readonly offset: number,
    private readonly random: () => number,
  ) {}

  get now(): number {
    return this.world.now;
  }

  /** By its own clock. */
  get own(): number {
    return this.world.now + this.offset;
  }

  get hasTurns(): boolean {
    return this.#turns.length > 0 && this.heldUntil <= this.now;
  }

  readonly runtime: Runtime = {
    clock: {
      now: () => this.own,
      wall: () => this.world.now + 1_700_000_000_000,
    },
    timers: {
      later: (ms, run) => this.later(ms, run),
      pause: (ms, signal) =>
        new Promise((resolve) => {
          const done = (): void => {
            cancel();
            signal?.removeEventListener('abort', done);
            resolve();
          };
          const cancel = this.timer(ms, done);
          signal?.addEventListener('abort', done);
          if (signal?.aborted) done();
        }),
      afterTurn: (task) => void this.#turns.push(task),
    },
    random: () => this.random(),
  };

  timer(ms: number, run: () => void): () => void {
    if (!Number.isFinite(ms)) throw new Error(`A timer of ${ms} ms.`);
    if (this.isDead) return () => {};
    // What is left of a rounding would never be over.
    const at = this.now + (ms > 0 ? Math.max(ROUNDING, ms) : 0);
    return this.world.add({ at, pod: this, brought: false, run });
  }

  elsewhere(at: number, run: () => void): void {
    this.world.elsewhere(at, run);
  }

  /** The network brings something to this process, if it still is. */
  bring(at: number, run: () => void): void {
    if (this.isDead) return;
    this.world.add({ at, pod: this, brought: true, run });
  }

  /** No timer and no answer reaches it any more. */
  die(): void {
    this.isDead = true;
    this.#turns = [];
    this.world.drop(this);
  }

  endTurn(): void {
    for (const task of this.#turns.splice(0)) task();
  }

  private later(ms: number, run: () => void): () => void {
    let armed = true;
    const end = (): void => {
      if (armed) this.behind -= 1;
      armed = false;
    };
    this.behind += 1;
    const cancel = this.timer(ms, () => {
      end();
      run();
    });
    return () => {
      end();
      cancel();
    };
  }
}

function dueAt({ at, pod }: Task): number {
  return pod !== undefined && pod.heldUntil > at ? pod.heldUntil : at;
}

/** Of two that are due at the same time. */
function isBefore(one: Task, other: Task): boolean {
  const due = dueAt(one);
  const isLate = one.pod === other.pod && one.at < due && other.at < due;
  // Sets keep their order: what was armed first runs first.
  if (!isLate) return false;
  if (one.brought !== other.brought) return other.brought;
  return one.at < other.at;
}
