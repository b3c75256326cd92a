import { expect, it } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { describeWith } from '../support/redis-server.js';
import { Fleet, PODS, RETIRED_FOR, TIMES, until } from './support/fleet.js';

/** The store's part of a wait, in a pod's own time: one step that is given up, and looks at what a sibling fetches. */
const STORE_DELAY = 300;

/** Lives of a token that make a day. */
const DAY = 3;

describeWith('redis-server', 'a fleet of pods', () => {
  it('lives through a day of short lives with one token call a life', async () => {
    const life = 8_000;
    await using fleet = await Fleet.start({
      sandbox: { tokenLifetime: life / 1_000, latency: 20 },
      token: { earlyWindow: 0.5, lastWindow: 500 },
    });
    await fleet.grow(PODS);
    await fleet.tokens();
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, fleet.sandbox.liveTokens.length);
    }, 20);
    await fleet.load({ every: 250 });

    await wait(life * DAY);
    const loads = await Promise.all(
      fleet.living.map((pod) => pod.ask<{ slowest: number }>('loaded')),
    );
    clearInterval(watch);

    const mints = fleet.requests('token').map(({ at }) => at.getTime());
    const gaps = mints.slice(1).map((at, index) => at - mints[index]!);
    // Each is renewed at half its life, with jitter.
    expect(mints.length).toBeGreaterThanOrEqual(DAY);
    process.stdout.write(
      `a day of ${PODS} pods: ${mints.length} token calls in ${DAY} whole lives, the closest ${Math.min(...gaps)} ms apart, ${most} tokens alive at once at the most\n`,
    );
    // One begins half a life after another, less what the first took to arrive; two at once would be
    // no time apart.
    expect(Math.min(...gaps)).toBeGreaterThan(life / 4);
    expect(most).toBeLessThanOrEqual(2);
    const slowest = Math.max(...loads.map((load) => load.slowest));
    expect(slowest).toBeLessThan(STORE_DELAY);

    await fleet.stop();
    for (const { finalLoad } of fleet.pods) {
      expect(finalLoad).toMatchObject({ failures: [], expired: 0 });
    }
    expect(fleet.sandbox.liveTokens).toEqual([]);
    // Each was given back, none merely ran out; one whose answer came too late is given back twice.
    const { issuedTokens } = fleet.sandbox;
    const revoked = fleet.requests('revoke').map(({ form }) => form.token);
    expect(new Set(revoked)).toEqual(new Set(issuedTokens));
  });

  it('costs one token call when it starts cold together; none, no failure and no token when it is rolled under load', async () => {
    await using fleet = await Fleet.start({ sandbox: { latency: 50 } });
    const old = await fleet.grow(PODS);
    const tokens = await fleet.tokens();
    const [token] = tokens;
    if (fleet.timesOutOfReach === 0) {
      expect(tokens).toEqual(Array(PODS).fill(token));
      expect(fleet.sandbox.counters.token).toBe(1);
    }
    await fleet.load({ call: true, every: 250 });

    for (const pod of old) {
      const successor = await fleet.member(fleet.spawn());
      await successor.ask('load', { call: true, every: 250 });
      await pod.stop();
    }

    await wait(RETIRED_FOR);
    // A pod that a starved machine keeps from its store for 200 ms gets a token of its own, as it should.
    const minted = 1 + fleet.timesOutOfReach;
    expect(fleet.sandbox.counters.token).toBeLessThanOrEqual(minted);
    const [current] = await fleet.tokens();
    expect(await fleet.tokens()).toEqual(Array(PODS).fill(current));
    if (minted === 1) expect(current).toBe(token);
    await fleet.stop();
    expect(fleet.pods.flatMap((pod) => pod.finalLoad?.failures)).toEqual([]);
    const refused = fleet.requests('api').filter((one) => one.status !== 200);
    expect(refused).toEqual([]);
    expect(fleet.sandbox.liveTokens).toEqual([]);
    const { issuedTokens } = fleet.sandbox;
    const revoked = fleet.requests('revoke').map(({ form }) => form.token);
    expect(new Set(revoked)).toEqual(new Set(issuedTokens));
  });

  it('whose renewing pod is told to stop still gets the token that was on its way', async () => {
    await using fleet = await Fleet.start();
    const [leader, sibling] = await fleet.grow(2);
    fleet.sandbox.failNext('token', { kind: 'delay', ms: 600 });
    const first = leader!.get();
    await fleet.sandbox.waitForRequest('token');
    const second = sibling!.get();

    const stopped = leader!.stop();

    expect(await second).toBe(await first);
    await stopped;
    expect(fleet.sandbox.counters).toMatchObject({ token: 1, revoke: 0 });
    await fleet.stop();
    expect(fleet.sandbox.liveTokens).toEqual([]);
  });

  it('that is killed as a whole leaves its token to the pod that starts next', async () => {
    await using fleet = await Fleet.start();
    await fleet.grow(PODS);
    const [token] = await fleet.tokens();
    await Promise.all(fleet.living.map((pod) => pod.kill()));

    const [heir] = await fleet.grow(1);

    expect(await heir!.get()).toBe(token);
    expect(fleet.sandbox.counters.token).toBe(1);
    await wait(TIMES.lapse);
    await heir!.stop();
    expect(fleet.sandbox.liveTokens).toEqual([]);
  });

  it('is not told that it is over by a pod that waits for a token while it stops', async () => {
    await using fleet = await Fleet.start();
    const [leader, sibling] = await fleet.grow(2);
    fleet.sandbox.failNext('token', { kind: 'delay', ms: 900 });
    const token = leader!.get();
    await fleet.sandbox.waitForRequest('token');
    const waiting = sibling!.get().catch(() => 'refused');

    await sibling!.stop();
    await waiting;
    await token;
    // Nobody but the leader is left: it must know.
    expect(
      await until(async () => {
        const { members } = await leader!.ask<{ members: number }>('status');
        return members === 1;
      }),
    ).toBe(true);
    await leader!.stop();
    expect(fleet.sandbox.liveTokens).toEqual([]);
  });
});
