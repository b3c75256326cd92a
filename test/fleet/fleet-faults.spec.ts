import { expect, it } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { PATIENCE } from '../support/patience.js';
import { describeWith } from '../support/redis-server.js';
import { Fleet, TIMES, until } from './support/fleet.js';

/** A token that lives long after it is superseded: nothing is forgiven by expiry. */
const RENEWED_OFTEN = {
  sandbox: { tokenLifetime: 30, latency: 10 },
  token: { earlyWindow: 0.9, lastWindow: 500 },
} as const;

/** All living pods have one token, and nothing else lives. */
async function isOne(fleet: Fleet): Promise<boolean> {
  const tokens = await fleet.tokens();
  const { liveTokens } = fleet.sandbox;
  return new Set(tokens).size === 1 && liveTokens.length === 1;
}

describeWith('redis-server', 'a fleet of pods', () => {
  it('whose token the server has revoked gets one new one, and no call fails', async () => {
    await using fleet = await Fleet.start({ sandbox: { latency: 10 } });
    await fleet.grow(4);
    const [token] = await fleet.tokens();
    await fleet.load({ call: true, every: 50 });
    await fleet.sandbox.waitForRequest('api', { count: 8 });

    fleet.sandbox.revokeToken(token!);

    expect(
      await until(async () => !(await fleet.tokens()).includes(token!)),
    ).toBe(true);
    await fleet.stop();
    expect(fleet.pods.flatMap((pod) => pod.finalLoad?.failures)).toEqual([]);
    expect(fleet.sandbox.counters.token).toBe(2);
    expect(fleet.sandbox.liveTokens).toEqual([]);
  });

  it('is quieted by one 429: nobody asks before the server wants it', async () => {
    const mintBudget = 4_000;
    await using fleet = await Fleet.start({ token: { mintBudget } });
    await fleet.grow(4);
    // As long as the mint budget: it is not waited for, it is told.
    const headers = { 'Retry-After': String(mintBudget / 1_000) };
    fleet.sandbox.failNext('token', { kind: 'status', status: 429, headers });

    const refusals = await Promise.allSettled(
      fleet.pods.map((pod) => pod.get()),
    );

    const [first] = fleet.requests('token');
    const said = refusals.map((one) =>
      one.status === 'rejected' ? String(one.reason) : 'a token',
    );
    expect(
      said.filter((text) => !text.includes('KOPOKOPO_RATE_LIMIT')),
    ).toEqual([]);
    expect(fleet.sandbox.counters.token).toBe(1);
    await until(async () => {
      const got = await Promise.allSettled(fleet.pods.map((pod) => pod.get()));
      return got.every(({ status }) => status === 'fulfilled');
    });
    const second = fleet.requests('token')[1];
    expect(second!.at.getTime() - first!.at.getTime()).toBeGreaterThan(
      mintBudget - 100,
    );
    expect(fleet.sandbox.counters.token).toBe(2);
  });

  it('asks a failing server as often as one pod would', async () => {
    const cooldownMin = 400;
    await using fleet = await Fleet.start({
      token: { cooldownMin, cooldownMax: cooldownMin, mintAttempts: 1 },
    });
    await fleet.grow(4);
    fleet.sandbox.failAlways('token', { kind: 'status', status: 500 });
    await fleet.load({ every: 50 });
    const begun = Date.now();

    await wait(2_500);

    const most = Math.ceil((Date.now() - begun) / cooldownMin) + 1;
    expect(fleet.sandbox.counters.token).toBeLessThanOrEqual(most);
    fleet.sandbox.clearFaults();
    expect(await until(() => fleet.sandbox.liveTokens.length === 1)).toBe(true);
    const failed = fleet.sandbox.issuedTokens.length;
    expect(failed).toBe(1);
  });

  it('whose Redis dies and comes back empty goes on, and ends up with one token', async () => {
    await using fleet = await Fleet.start(RENEWED_OFTEN);
    await fleet.grow(3);
    await fleet.tokens();
    await fleet.load({ every: 50 });
    await fleet.redis.kill();
    const minted = fleet.sandbox.counters.token;
    // Everyone renews alone meanwhile.
    await fleet.sandbox.waitForRequest('token', {
      count: minted + 3,
      timeout: PATIENCE,
    });
    fleet.sandbox.setTokenLifetime(600);
    await fleet.redis.start();

    expect(await until(() => isOne(fleet))).toBe(true);
    await fleet.stop();
    expect(fleet.pods.flatMap((pod) => pod.finalLoad?.failures)).toEqual([]);
    expect(
      fleet.pods.filter(({ log }) => /unhandled|Error:/i.test(log)),
    ).toEqual([]);
    expect(fleet.sandbox.liveTokens).toEqual([]);
  });

  it('whose Redis has forgotten everything while no token was renewed still gives its token back', async () => {
    await using fleet = await Fleet.start();
    await fleet.grow(2);
    const [token] = await fleet.tokens();
    await fleet.redis.kill();
    await fleet.redis.start();

    expect(await until(async () => (await fleet.known()).has(token!))).toBe(
      true,
    );
    await fleet.stop();

    expect(fleet.sandbox.counters.token).toBe(1);
    expect(fleet.sandbox.liveTokens).toEqual([]);
  });

  it('whose app has closed its own client leaves the token to its siblings, and nothing throws', async () => {
    await using fleet = await Fleet.start({ ownClient: true });
    const [leaver, sibling] = await fleet.grow(2);
    const [token] = await fleet.tokens();

    await leaver!.stop();

    expect(leaver!.log).not.toMatch(/unhandled|Error:/i);
    expect(fleet.sandbox.liveTokens).toEqual([token]);
    expect(await sibling!.ask('call')).toBe(200);
    expect(fleet.sandbox.counters).toMatchObject({ token: 1, revoke: 0 });
  });

  it('goes on without a pod that stands still, and takes it up again', async () => {
    await using fleet = await Fleet.start(RENEWED_OFTEN);
    const [sleeper] = await fleet.grow(3);
    const [token] = await fleet.tokens();
    await fleet.load({ call: true, every: 50 });

    sleeper!.send('SIGSTOP');
    // The others have renewed, and revoked what the sleeper holds.
    const gone = await until(() => !fleet.sandbox.liveTokens.includes(token!));
    fleet.sandbox.setTokenLifetime(600);
    sleeper!.send('SIGCONT');

    expect(gone).toBe(true);
    expect(await sleeper!.ask('call')).toBe(200);
    expect(await until(() => isOne(fleet))).toBe(true);
    await fleet.stop();
    const [slept, ...awake] = fleet.pods.map((pod) => pod.finalLoad?.failures);
    expect(awake.flat()).toEqual([]);
    // The call that was under way when it fell asleep.
    expect(slept!.length).toBeLessThanOrEqual(1);
    expect(fleet.sandbox.liveTokens).toEqual([]);
  });

  it('waits for a pod that was killed while it fetched the token no longer than its lease', async () => {
    await using fleet = await Fleet.start();
    const [leader, sibling] = await fleet.grow(2);
    fleet.sandbox.failNext('token', { kind: 'hang' });
    const lost = leader!.get().catch(() => 'lost');
    await fleet.sandbox.waitForRequest('token');
    const waiting = sibling!.ask<number>('ownTime');
    await leader!.kill();

    // The mint budget, and what the lease outlives it by.
    expect(await waiting).toBeLessThan(TIMES.mintBudget + 2_000 + 1_500);
    expect(await sibling!.get()).toBe(fleet.sandbox.issuedTokens[0]);
    expect(await lost).toBe('lost');
    await wait(TIMES.lapse);
    await fleet.stop();
    expect(fleet.sandbox.liveTokens).toEqual([]);
  });
});
