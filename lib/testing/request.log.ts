import type { SandboxWaitOptions } from './sandbox-options.types.js';
import type {
  OpenRequest,
  SandboxCounters,
  SandboxRequest,
} from './sandbox-request.types.js';
import type { SandboxTarget } from './sandbox-route.types.js';
import { WaitList } from './wait.list.js';

/** What the sandbox has seen, and those who wait to see more. @internal */
export class RequestLog {
  readonly #requests: OpenRequest[] = [];
  readonly #waiters = new WaitList();
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
    this.#waiters.check();
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
    return this.#waiters.waitFor({
      total: () => this.#total(target),
      count,
      timeout,
      what: `request(s) on '${target}' seen`,
    });
  }

  failWaiters(why: string): void {
    this.#waiters.fail(why);
  }

  #total(target: SandboxTarget): number {
    return this.#requests.filter(
      ({ route }) => target === 'all' || route === target,
    ).length;
  }
}
