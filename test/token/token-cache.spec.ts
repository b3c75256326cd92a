import { describe, expect, it } from '@jest/globals';
import {
  KopoKopoAbortError,
  KopoKopoRateLimitError,
  KopoKopoServerError,
} from '../../lib/index.js';
import { virtualCache } from '../support/scripted-source.js';

const DOWN = new KopoKopoServerError('Down.');
const HOUR = 3_600_000;
/** With no jitter the early window of an hour begins here. */
const EARLY = HOUR * 0.75;
const LAST = HOUR - 10_000;

describe('a token that is fresh', () => {
  it('is given to every caller without a further call, until its early window', async () => {
    const { runtime, source, ask, warm, told } = virtualCache();
    await warm();
    const before = ask();
    await runtime.advance(EARLY - 1);
    const after = ask();
    await runtime.turn();
    expect([before.got, after.got]).toEqual(['first', 'first']);
    expect(source.calls).toHaveLength(1);
    expect(told.adoptions).toEqual([['first', undefined]]);
  });

  it('comes as one held promise, and the clock is read once a turn', async () => {
    const { runtime, cache, warm } = virtualCache();
    await warm();
    const promise = cache.get();
    const looks = runtime.looks;
    for (let call = 0; call < 1_000; call++) {
      expect(cache.get()).toBe(promise);
      expect(cache.peek()?.value).toBe('first');
    }
    expect(runtime.looks).toBe(looks);
    await runtime.turn();
    expect(cache.get()).toBe(promise);
    expect(runtime.looks).toBeGreaterThan(looks);
  });

  it('is not given to a caller whose signal has aborted before', async () => {
    const { runtime, ask, warm } = virtualCache();
    await warm();
    const caller = ask(AbortSignal.abort());
    await runtime.turn();
    expect(caller.got).toBeInstanceOf(KopoKopoAbortError);
    expect(caller.got).toMatchObject({ outcome: 'not-sent' });
  });
});

describe('a token in its last minutes', () => {
  it('is never handed out after its end, however long one turn of the event loop lasts', async () => {
    const { runtime, cache, warm } = virtualCache();
    await warm('short', 500_000);
    expect(cache.peek()?.value).toBe('short');
    cache.get().catch(() => {});
    // The turn goes on: nothing ends it between these two looks.
    runtime.block(500_000);
    expect(cache.peek()).toBeUndefined();
  });
});

describe('in the early window', () => {
  it('callers get the token at once while exactly one renewal runs behind them', async () => {
    const { runtime, source, ask, warm, told } = virtualCache();
    await warm();
    await runtime.sleep(EARLY);
    const callers = Array.from({ length: 100 }, () => ask());
    await runtime.turn();
    expect(new Set(callers.map(({ got }) => got))).toEqual(new Set(['first']));
    expect(source.open).toBe(1);

    await source.give('second');
    const later = ask();
    await runtime.turn();
    expect(later.got).toBe('second');
    expect(source.calls).toHaveLength(2);
    expect(told.adoptions[1]).toEqual(['second', 'first']);
  });

  it('a process in which nobody asks renews by its timer, again and again', async () => {
    const { runtime, source, warm } = virtualCache();
    await warm();
    await runtime.advance(EARLY - 1);
    expect(source.open).toBe(0);
    await runtime.advance(1);
    expect(source.open).toBe(1);
    await source.give('second');
    await runtime.advance(EARLY);
    expect(source.open).toBe(1);
  });

  it('chance spreads the renewals of a fleet over a fifth of the window, each process once a token', async () => {
    const due: number[] = [];
    for (const chance of [0, 0.5, 0.999]) {
      const { runtime, warm } = virtualCache();
      runtime.chance = chance;
      await warm();
      due.push(runtime.due[0]!);
      expect(runtime.due).toHaveLength(1);
    }
    const spread = 0.2 * (LAST - EARLY);
    expect(due[0]).toBe(EARLY);
    expect(due[1]).toBeCloseTo(EARLY + spread / 2);
    expect(due[2]).toBeLessThan(EARLY + spread);
  });

  it('whatever the renewal does, nobody waits before the last seconds', async () => {
    const { runtime, source, ask, warm } = virtualCache();
    await warm();
    await runtime.advance(LAST - 1);
    expect(source.open).toBe(1);
    const caller = ask();
    await runtime.turn();
    expect(caller.got).toBe('first');
  });

  it('a server that hands out the same token again gives it the life it has left', async () => {
    const { runtime, source, cache, warm, told } = virtualCache();
    await warm();
    await runtime.advance(EARLY);
    await source.give('first', HOUR - EARLY);
    expect(told.adoptions[1]).toEqual(['first', 'first']);
    await runtime.sleep(HOUR - EARLY - 1);
    expect(cache.peek()?.value).toBe('first');
    await runtime.sleep(1);
    expect(cache.peek()).toBeUndefined();
  });
});

describe('an early renewal that fails', () => {
  it('keeps the token, rejects nobody, and is repeated after a pause that grows', async () => {
    const { runtime, source, ask, warm, told } = virtualCache();
    runtime.chance = 0.999_999;
    await warm();
    await runtime.advance(EARLY + 0.2 * (LAST - EARLY));
    const pauses: number[] = [];
    for (let failure = 0; failure < 8; failure++) {
      expect(source.open).toBe(1);
      await source.fail(DOWN);
      const caller = ask();
      await runtime.turn();
      expect(caller.got).toBe('first');
      expect(source.open).toBe(0);
      const { retryIn, serving } = told.failures.at(-1)!;
      expect(serving).toBe(true);
      pauses.push(Math.round(retryIn / 1_000));
      await runtime.advance(retryIn - 1);
      expect(source.open).toBe(0);
      await runtime.advance(1);
    }
    expect(pauses).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
    expect(told.servings).toHaveLength(8);
  });

  it('never waits less than the shortest pause by chance', async () => {
    const { runtime, source, warm, told } = virtualCache();
    runtime.chance = 0;
    await warm();
    await runtime.advance(EARLY);
    await source.fail(DOWN);
    expect(told.failures[0]?.retryIn).toBe(1_000);
  });

  it('waits as long as Retry-After asks, though never longer than five minutes', async () => {
    for (const [retryAfter, expected] of [
      [90, 90_000],
      [3_600, 300_000],
    ] as const) {
      const { runtime, source, warm, told } = virtualCache();
      await warm();
      await runtime.advance(EARLY);
      await source.fail(new KopoKopoRateLimitError('Slow.', { retryAfter }));
      expect(told.failures[0]?.retryIn).toBe(expected);
      await runtime.advance(expected - 1);
      expect(source.open).toBe(0);
      await runtime.advance(1);
      expect(source.open).toBe(1);
    }
  });

  it('starts from the shortest pause again once a token came', async () => {
    const { runtime, source, warm, told } = virtualCache();
    await warm();
    await runtime.advance(EARLY);
    for (let failure = 0; failure < 4; failure++) {
      await source.fail(DOWN);
      await runtime.advance(told.failures.at(-1)!.retryIn);
    }
    await source.give('second');
    runtime.chance = 0.999_999;
    await runtime.advance(EARLY + 0.2 * (LAST - EARLY));
    await source.fail(DOWN);
    expect(told.failures.at(-1)!.retryIn).toBeLessThanOrEqual(2_000);
  });
});

describe('in the last seconds', () => {
  async function lastSeconds() {
    const world = virtualCache();
    await world.warm();
    await world.runtime.sleep(LAST);
    return world;
  }

  it('callers wait, all on the same renewal', async () => {
    const { runtime, source, ask } = await lastSeconds();
    const callers = Array.from({ length: 50 }, () => ask());
    await runtime.turn();
    expect(callers.every(({ got }) => got === undefined)).toBe(true);
    expect(source.open).toBe(1);
    await source.give('second');
    expect(callers.every(({ got }) => got === 'second')).toBe(true);
  });

  it('they get the token if the renewal fails while it lives, and so do those who ask next', async () => {
    const { runtime, source, ask, told } = await lastSeconds();
    const callers = [ask(), ask()];
    await source.fail(DOWN);
    expect(callers.map(({ got }) => got)).toEqual(['first', 'first']);
    const next = ask();
    await runtime.turn();
    expect(next.got).toBe('first');
    expect(source.open).toBe(0);
    expect(told.failures).toHaveLength(1);
  });

  it('a renewal that hangs still serves them before the token expires', async () => {
    const { runtime, ask } = await lastSeconds();
    const caller = ask();
    await runtime.advance(4_999);
    expect(caller.got).toBeUndefined();
    await runtime.advance(1);
    expect(caller.got).toBe('first');
  });

  it('whoever is still waiting when the token expires gets the outcome of the renewal', async () => {
    const { runtime, source, ask } = await lastSeconds();
    const caller = ask();
    await runtime.sleep(10_000);
    await source.fail(DOWN);
    expect(caller.got).toBe(DOWN);
  });

  it('a waiter whose signal aborts goes, and the renewal goes on', async () => {
    const { runtime, source, ask } = await lastSeconds();
    const signal = new AbortController();
    const [gone, stays] = [ask(signal.signal), ask()];
    signal.abort();
    await runtime.turn();
    expect(gone.got).toBeInstanceOf(KopoKopoAbortError);
    await source.give('second');
    expect(stays.got).toBe('second');
  });

  it('the last waiter may go too: the renewal is kept for its own sake', async () => {
    const { runtime, source, ask } = await lastSeconds();
    const signal = new AbortController();
    ask(signal.signal);
    signal.abort();
    await source.give('second');
    const next = ask();
    await runtime.turn();
    expect(next.got).toBe('second');
    expect(source.calls).toHaveLength(2);
  });
});

describe('a token that has expired', () => {
  it('is never handed out, not even to those who look at it synchronously', async () => {
    const { runtime, source, cache, ask, warm } = virtualCache();
    await warm();
    await runtime.sleep(HOUR - 1);
    expect(cache.peek()?.value).toBe('first');
    await runtime.sleep(1);
    expect(cache.peek()).toBeUndefined();
    const caller = ask();
    await runtime.turn();
    expect(caller.got).toBeUndefined();
    await source.give('second');
    expect(caller.got).toBe('second');
  });

  it('is noticed after a suspension of the machine during which no timer ran', async () => {
    const { runtime, source, cache, warm } = virtualCache();
    await warm();
    await runtime.sleep(10 * HOUR);
    expect(cache.peek()).toBeUndefined();
    await runtime.advance(0);
    expect(source.open).toBe(0);
  });

  it('is not handed out if it expired on its way', async () => {
    const { runtime, source, ask } = virtualCache();
    const caller = ask();
    await runtime.sleep(5_000);
    await source.give('too late', 5_000);
    expect(caller.got).toMatchObject({ code: 'KOPOKOPO_RESPONSE' });
  });

  it('its life is counted from before the request left', async () => {
    const { runtime, source, cache, ask } = virtualCache();
    ask();
    await runtime.sleep(4_000);
    await source.give('slow', 10_000);
    await runtime.sleep(5_999);
    expect(cache.peek()?.value).toBe('slow');
    await runtime.sleep(1);
    expect(cache.peek()).toBeUndefined();
  });
});

describe('tokens that live for seconds', () => {
  it.each([5_000, 3_000])(
    'of %i ms are renewed behind the callers as well, and nobody waits before the last eighth',
    async (life) => {
      const { runtime, source, ask, warm } = virtualCache();
      await warm('first', life);
      const got: unknown[] = [];
      for (let round = 0; round < 3; round++) {
        await runtime.advance(life * 0.75);
        expect(source.open).toBe(1);
        const caller = ask();
        await runtime.turn();
        got.push(caller.got);
        await source.give(`next ${round}`, life);
      }
      expect(got).toEqual(['first', 'next 0', 'next 1']);
      expect(source.calls).toHaveLength(4);
    },
  );

  it('have several attempts before their last seconds, however long the cool-down is', async () => {
    const { runtime, source, warm } = virtualCache({ cooldownMin: 60_000 });
    await warm('first', 60_000);
    await runtime.advance(45_000);
    let attempts = 0;
    for (let second = 0; second < 7; second++) {
      if (source.open > 0) {
        attempts += 1;
        await source.fail(DOWN);
      }
      await runtime.advance(1_000);
    }
    expect(attempts).toBeGreaterThanOrEqual(2);
  });
});
