import { describe, expect, it } from '@jest/globals';
import { KopoKopoAbortError, KopoKopoServerError } from '../../lib/index.js';
import { RejectedTokens } from '../../lib/token/rejected-tokens.js';
import { TokenLedger } from '../../lib/token/token-ledger.js';
import { virtualCache } from '../support/scripted-source.js';
import { VirtualRuntime } from '../support/virtual-runtime.js';

const DOWN = new KopoKopoServerError('Down.');
const HOUR = 3_600_000;
const EARLY = HOUR * 0.75;

describe('without a token', () => {
  it('all callers share one request and its outcome', async () => {
    const { source, ask } = virtualCache();
    const callers = Array.from({ length: 100 }, () => ask());
    expect(source.calls).toHaveLength(1);
    await source.give('first');
    expect(callers.every(({ got }) => got === 'first')).toBe(true);
  });

  it('a failure costs one budget for all who wait, and nothing for those who ask during the cool-down', async () => {
    const { runtime, source, ask, told } = virtualCache();
    const callers = Array.from({ length: 100 }, () => ask());
    await source.fail(DOWN);
    expect(callers.every(({ got }) => got === DOWN)).toBe(true);
    const more = Array.from({ length: 100 }, () => ask());
    await runtime.turn();
    expect(more.every(({ got }) => got === DOWN)).toBe(true);
    expect(source.calls).toHaveLength(1);
    expect(told.failures).toEqual([{ retryIn: 1_000, serving: false }]);

    await runtime.advance(1_000);
    expect(source.open).toBe(0);
    const first = ask();
    expect(source.open).toBe(1);
    await source.give('at last');
    expect(first.got).toBe('at last');
  });

  it('a failure that is a bug is shared and cooled down as well', async () => {
    const { source, ask, told } = virtualCache();
    const [one, other] = [ask(), ask()];
    const bug = new TypeError('x is not a function');
    await source.fail(bug);
    expect([one.got, other.got]).toEqual([bug, bug]);
    expect(told.failures).toEqual([{ retryIn: 1_000, serving: false }]);
  });

  it("a caller's abort frees that caller and spares the others", async () => {
    const { runtime, source, ask } = virtualCache();
    const signals = [new AbortController(), new AbortController()];
    const [one, other] = signals.map(({ signal }) => ask(signal));
    signals[0]!.abort();
    await runtime.turn();
    expect(one!.got).toBeInstanceOf(KopoKopoAbortError);
    expect(one!.got).toMatchObject({ name: 'AbortError' });
    await source.give('first');
    expect(other!.got).toBe('first');
    signals[1]!.abort();
    await runtime.turn();
    expect(other!.got).toBe('first');
  });

  it('a request that every caller has left goes on, and its token is used', async () => {
    const { runtime, source, cache, ask, told } = virtualCache();
    const signals = [new AbortController(), new AbortController()];
    const gone = signals.map(({ signal }) => ask(signal));
    signals.forEach((signal) => signal.abort());
    await runtime.turn();
    const next = ask();
    await source.give('first');
    expect(gone[0]!.got).toBeInstanceOf(KopoKopoAbortError);
    expect(next.got).toBe('first');
    expect(cache.peek()?.value).toBe('first');
    expect(source.calls).toHaveLength(1);
    expect(told.adoptions).toEqual([['first', undefined]]);
  });

  it('a failure of a request that every caller has left is told, and rejects nobody else', async () => {
    const { runtime, source, ask, told } = virtualCache();
    const signal = new AbortController();
    ask(signal.signal);
    signal.abort();
    await source.fail(DOWN);
    await runtime.turn();
    expect(told.failures).toHaveLength(1);
  });

  it('leaves no listener on a signal that lives longer than the call', async () => {
    const { runtime, source, ask } = virtualCache();
    const { signal } = new AbortController();
    const listeners = new Set<unknown>();
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (type: string, listener: never) => {
      listeners.add(listener);
      add(type, listener);
    };
    signal.removeEventListener = (type: string, listener: never) => {
      listeners.delete(listener);
      remove(type, listener);
    };
    const caller = ask(signal);
    expect(listeners.size).toBe(1);
    await source.give('first');
    await runtime.turn();
    expect(caller.got).toBe('first');
    expect(listeners.size).toBe(0);
  });
});

describe('a rejected token', () => {
  it('is dropped, and the next caller waits for a new one', async () => {
    const { runtime, source, cache, ask, warm, told } = virtualCache();
    await warm();
    void cache.get();
    cache.invalidate('first');
    expect(cache.peek()).toBeUndefined();
    expect(told.invalidations).toEqual(['first']);
    expect(runtime.due).toEqual([]);
    const next = ask();
    await source.give('second');
    expect(next.got).toBe('second');
  });

  it('is left alone if another one is in use by now', async () => {
    const { cache, warm, told } = virtualCache();
    await warm();
    cache.invalidate('an older one');
    expect(cache.peek()?.value).toBe('first');
    expect(told.invalidations).toEqual([]);
  });

  it('does not come back by a renewal that was in flight when it was rejected', async () => {
    const { runtime, source, cache, ask, warm, told } = virtualCache();
    await warm();
    await runtime.advance(EARLY);
    cache.invalidate('first');
    const caller = ask();
    await source.give('first', HOUR / 4);
    expect(caller.got).toMatchObject({
      code: 'KOPOKOPO_RESPONSE',
      retryable: true,
    });
    expect(cache.peek()).toBeUndefined();
    expect(told.rejections).toEqual(['first']);
  });

  it('a renewal that was in flight may bring another one', async () => {
    const { runtime, source, cache, ask, warm } = virtualCache();
    await warm();
    await runtime.advance(EARLY);
    cache.invalidate('first');
    const caller = ask();
    await source.give('second');
    expect(caller.got).toBe('second');
    expect(source.calls).toHaveLength(2);
  });

  it('is refused where the server hands it out again later', async () => {
    const { runtime, source, cache, ask, warm, told } = virtualCache();
    await warm();
    cache.invalidate('first');
    const caller = ask();
    await source.give('first', HOUR / 2);
    expect(caller.got).toMatchObject({ code: 'KOPOKOPO_RESPONSE' });
    expect(told.rejections).toEqual(['first']);
    expect(told.failures).toHaveLength(1);

    await runtime.advance(1_000);
    const next = ask();
    await source.give('second');
    expect(next.got).toBe('second');
  });

  it('does not end the cool-down: a storm of 401s is no storm of token calls', async () => {
    const { runtime, source, cache, ask, warm } = virtualCache();
    await warm();
    await runtime.advance(EARLY);
    await source.fail(DOWN);
    cache.invalidate('first');
    const callers = Array.from({ length: 100 }, () => ask());
    await runtime.turn();
    expect(callers.every(({ got }) => got === DOWN)).toBe(true);
    expect(source.calls).toHaveLength(2);
  });

  it('a token given back by its owner is forgotten without being called rejected', async () => {
    const { cache, warm, told } = virtualCache();
    await warm();
    expect(cache.forget('another')).toBeUndefined();
    expect(cache.forget('first')?.value).toBe('first');
    expect(cache.peek()).toBeUndefined();
    expect(told.invalidations).toEqual([]);
  });

  it('is remembered, but not more than 32 of them: the one named longest ago is let go', () => {
    const rejected = new RejectedTokens();
    rejected.add('named again');
    for (let number = 0; number < 31; number++) rejected.add(`t${number}`);
    rejected.add('named again');
    rejected.add('one more');
    expect(rejected.has('t0')).toBe(false);
    expect(rejected.has('t1')).toBe(true);
    expect(rejected.has('named again')).toBe(true);
    expect(rejected.has('one more')).toBe(true);
  });
});

describe('a process that is going', () => {
  it('renews no more on its own account, but serves who asks', async () => {
    const { runtime, source, cache, ask, warm } = virtualCache();
    await warm();
    cache.stopRenewing();
    await runtime.advance(EARLY + 1);
    expect(source.open).toBe(0);
    const caller = ask();
    await runtime.turn();
    expect(caller.got).toBe('first');
    expect(source.open).toBe(1);
    await source.give('second');
    expect(runtime.due).toEqual([]);
  });

  it('forgets its token when it closes; from then on all who ask share one, which is not renewed', async () => {
    const { runtime, source, cache, ask, warm, told } = virtualCache();
    await warm();
    void cache.get();
    cache.close();
    expect(cache.peek()).toBeUndefined();
    expect(runtime.due).toEqual([]);
    const callers = [ask(), ask()];
    await source.give('late');
    const next = ask();
    await runtime.turn();
    const got = [...callers, next].map((caller) => caller.got);
    expect(got).toEqual(['late', 'late', 'late']);
    expect(told.lendings).toEqual(['late', 'late', 'late']);
    expect(told.adoptions).toHaveLength(1);
    expect(runtime.due).toEqual([]);
  });

  it('lets a shared late token go when it is told to, and gets another one for whoever asks next', async () => {
    const { source, cache, ask, told } = virtualCache();
    cache.close();
    ask();
    await source.give('late');
    expect(cache.peek()?.value).toBe('late');
    told.drop();
    expect(cache.peek()).toBeUndefined();
    const next = ask();
    await source.give('later');
    expect(next.got).toBe('later');
  });

  it('does not cool down after a failure once it is closed', async () => {
    const { source, cache, ask, told } = virtualCache();
    cache.close();
    const first = ask();
    await source.fail(DOWN);
    const next = ask();
    await source.give('late');
    expect([first.got, next.got]).toEqual([DOWN, 'late']);
    expect(told.failures).toEqual([]);
  });

  it('does not take over what was in flight when it closed, though its waiters get it', async () => {
    const { source, cache, ask } = virtualCache();
    const caller = ask();
    cache.close();
    await source.give('late');
    expect(caller.got).toBe('late');
    expect(cache.peek()).toBeUndefined();
  });
});

describe('the list of what this process owes', () => {
  it('lets what has expired go first when it is full', () => {
    const runtime = new VirtualRuntime();
    const ledger = new TokenLedger(runtime);
    const now = runtime.clock.now();
    for (let number = 0; number < 500; number++)
      ledger.add(`old${number}`, now);
    for (let number = 0; number < 501; number++) {
      ledger.add(`t${number}`, now + 10_000 + number);
    }
    expect(ledger.size).toBe(501);
    expect(ledger.takeAll().has('t0')).toBe(true);
  });

  it('drops what has expired and is handed over once', () => {
    const runtime = new VirtualRuntime();
    const ledger = new TokenLedger(runtime);
    const now = runtime.clock.now();
    ledger.add('expired', now);
    ledger.add('live', now + 1);
    ledger.add('given back', now + 1);
    ledger.settle('given back');
    expect([...ledger.takeAll().keys()]).toEqual(['live']);
    expect(ledger.size).toBe(0);
  });

  it('is bounded: beyond a thousand, the one that expires first is let go', () => {
    const runtime = new VirtualRuntime();
    const ledger = new TokenLedger(runtime);
    const now = runtime.clock.now();
    for (let number = 0; number < 1_000; number++) {
      ledger.add(`t${number}`, now + 10_000 - number);
    }
    expect(ledger.size).toBe(1_000);
    ledger.add('one more', now + 60_000);
    expect(ledger.size).toBe(1_000);
    const left = ledger.takeAll();
    expect(left.has('t999')).toBe(false);
    expect(left.has('one more')).toBe(true);
  });
});
