import { clearTimeout, setTimeout } from 'node:timers'; // Imported, so that a test's fake timers do not stop them.

interface Waiter {
  check(): void;
  fail(why: string): void;
}

/** What somebody waits for. @internal */
export interface Awaited {
  /** How many there are now. */
  readonly total: () => number;
  /** How many there must be. */
  readonly count: number;
  /** Milliseconds. */
  readonly timeout: number;
  /** What is counted, for the message of a failure. */
  readonly what: string;
}

/** Those who wait until enough has been seen. @internal */
export class WaitList {
  readonly #waiters = new Set<Waiter>();

  /** Looks again: something has changed. */
  check(): void {
    for (const waiter of this.#waiters) {
      waiter.check();
    }
  }

  fail(why: string): void {
    for (const waiter of this.#waiters) {
      waiter.fail(why);
    }
  }

  waitFor({ total, count, timeout, what }: Awaited): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        settle();
      };
      const waiter: Waiter = {
        check: () => {
          if (total() >= count) {
            finish(resolve);
          }
        },
        fail: (why) => {
          const seen = `${total()} of ${count} ${what}`;
          finish(() => reject(new Error(`KopoKopoSandbox: ${why}, ${seen}.`)));
        },
      };
      const timer = setTimeout(
        () => waiter.fail(`waited ${timeout} ms`),
        timeout,
      );
      this.#waiters.add(waiter);
      waiter.check();
    });
  }
}
