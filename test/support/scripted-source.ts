import { AccessToken } from '../../lib/token/access-token.js';
import { TokenCache } from '../../lib/token/token-cache.js';
import type { TokenCacheObserver } from '../../lib/token/token-cache.observer.js';
import type { TokenSource } from '../../lib/token/token-source.interface.js';
import { VirtualRuntime } from './virtual-runtime.js';

interface Call {
  startedAt: number;
  resolve: (token: AccessToken) => void;
  reject: (error: unknown) => void;
}

/** A place to get tokens from where every call waits until the test answers it. */
export class ScriptedSource implements TokenSource {
  readonly calls: Call[] = [];
  #answered = 0;

  constructor(private readonly runtime: VirtualRuntime) {}

  acquire(): Promise<AccessToken> {
    return new Promise((resolve, reject) => {
      const startedAt = this.runtime.clock.now();
      this.calls.push({ startedAt, resolve, reject });
    });
  }

  /** Calls that were not answered yet. */
  get open(): number {
    return this.calls.length - this.#answered;
  }

  /** Answers the oldest open call with a token of so many milliseconds. */
  async give(value: string, lifetime = 3_600_000): Promise<AccessToken> {
    const { resolve, startedAt } = this.#next();
    const token = new AccessToken(
      { value, scopes: [], lifetime, startedAt },
      this.runtime.clock,
    );
    resolve(token);
    await this.runtime.turn();
    return token;
  }

  async fail(error: unknown): Promise<void> {
    this.#next().reject(error);
    await this.runtime.turn();
  }

  #next(): Call {
    const call = this.calls[this.#answered];
    if (call === undefined) throw new Error('Nobody asked for a token.');
    this.#answered += 1;
    return call;
  }
}

/** What a cache told. */
export class Told implements TokenCacheObserver {
  readonly adoptions: [string, string | undefined][] = [];
  readonly failures: { retryIn: number; serving: boolean }[] = [];
  readonly servings: string[] = [];
  readonly invalidations: string[] = [];
  readonly rejections: string[] = [];
  readonly lendings: string[] = [];
  /** Takes the token that was lent last out of the cache. */
  drop: () => void = () => {};

  adopted(token: AccessToken, previous: AccessToken | undefined): void {
    this.adoptions.push([token.value, previous?.value]);
  }

  failed(_error: unknown, retryIn: number, serving: boolean): void {
    this.failures.push({ retryIn, serving });
  }

  servedWhileFailing(token: AccessToken): void {
    this.servings.push(token.value);
  }

  invalidated(token: AccessToken): void {
    this.invalidations.push(token.value);
  }

  lent(token: AccessToken, drop: () => void): void {
    this.lendings.push(token.value);
    this.drop = drop;
  }

  rejectedAgain(token: AccessToken): void {
    this.rejections.push(token.value);
  }
}

export const SETTINGS = {
  earlyWindow: 0.25,
  lastWindow: 10_000,
  cooldownMin: 1_000,
  cooldownMax: 60_000,
};

/** A cache in a world without wires, clocks and chance. */
export function virtualCache(settings: Partial<typeof SETTINGS> = {}) {
  const runtime = new VirtualRuntime();
  const source = new ScriptedSource(runtime);
  const told = new Told();
  const cache = new TokenCache(
    source,
    { ...SETTINGS, ...settings },
    runtime,
    told,
  );
  /** The value a caller gets, or the error; `undefined` while it waits. */
  const ask = (signal?: AbortSignal): { got?: unknown } => {
    const caller: { got?: unknown } = {};
    cache.get(signal).then(
      ({ value }) => (caller.got = value),
      (error: unknown) => (caller.got = error),
    );
    return caller;
  };
  /** A cache that holds a token already. */
  const warm = async (value = 'first', lifetime?: number): Promise<void> => {
    ask();
    await source.give(value, lifetime);
  };
  return { runtime, source, told, cache, ask, warm };
}
