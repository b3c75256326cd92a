import { clearTimeout, setTimeout } from 'node:timers'; // Imported, so that a test's fake timers do not stop them.
import type { SandboxWaitOptions } from './sandbox-options.types.js';
import type {
  OpenRequest,
  SandboxCounters,
  SandboxRequest,
} from './sandbox-request.types.js';
import type { SandboxTarget } from './sandbox-route.types.js';

interface Waiter {
  check(): void;
  fail(why: string): void;
}

/** What the sandbox has seen, and those who wait to see more. @internal */
export class RequestLog {
  readonly #requests: OpenRequest[] = [];
  readonly #waiters = new Set<Waiter>();
  #connections = 0;

  get requests(): readonly SandboxRequest[] {
    return [...this.#requests];
  }

  get counters(): SandboxCounters {
    const counters = {
      token: 0,
      revoke: 0,
      introspect: 0,
      tokenInfo: 0,
      api: 0,
      other: 0,
      connections: this.#connections,
    };
    for (const { route } of this.#requests) {
      counters[route] += 1;
    }
    return counters;
  }

  add(request: OpenRequest): void {
    this.#requests.push(request);
    for (const waiter of this.#waiters) {
      waiter.check();
    }
  }

  addConnection(): void {
    this.#connections += 1;
  }

  clear(): void {
    this.#requests.length = 0;
    this.#connections = 0;
  }

  waitFor(
    target: SandboxTarget,
    { count = 1, timeout = 5_000 }: SandboxWaitOptions = {},
  ): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        settle();
      };
      const waiter: Waiter = {
        check: () => {
          if (this.#total(target) >= count) {
            finish(resolve);
          }
        },
        fail: (why) => {
          const seen = `${this.#total(target)} of ${count} request(s) on '${target}' seen`;
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

  failWaiters(why: string): void {
    for (const waiter of this.#waiters) {
      waiter.fail(why);
    }
  }

  #total(target: SandboxTarget): number {
    return this.#requests.filter(
      ({ route }) => target === 'all' || route === target,
    ).length;
  }
}
