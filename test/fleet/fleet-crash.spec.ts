import { expect, it } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { PATIENCE } from '../support/patience.js';
import { describeWith } from '../support/redis-server.js';
import type { FleetPod } from './support/fleet-pod.js';
import { Fleet, TIMES, until } from './support/fleet.js';

/** Who was killed counts as a member until then, and the last one out is not the last. */
const lapsed = () => wait(TIMES.lapse);

/** The pod that has just begun to revoke, and will never hear how it ended. */
async function revoker(fleet: Fleet): Promise<FleetPod> {
  await fleet.sandbox.waitForRequest('revoke', { timeout: PATIENCE });
  const [request] = fleet.requests('revoke');
  return fleet.living.find(
    ({ name }) => name === request!.headers['user-agent'],
  )!;
}

/** The fleet has a new token, and the one before is to be revoked, which is not answered. */
async function replaceToken(fleet: Fleet): Promise<string> {
  const [old] = await fleet.tokens();
  fleet.sandbox.failNext('revoke', { kind: 'hang' });
  await fleet.living[0]!.ask('invalidate');
  await fleet.living[0]!.get();
  return old!;
}

describeWith('redis-server', 'a revocation', () => {
  it('in which its pod is killed is made up for by a sibling', async () => {
    await using fleet = await Fleet.start();
    await fleet.grow(3);
    const old = await replaceToken(fleet);
    const pod = await revoker(fleet);
    pod.send('SIGKILL');
    // Nobody else has had the time.
    expect(fleet.sandbox.liveTokens).toContain(old);
    await pod.ended();

    expect(await until(() => !fleet.sandbox.liveTokens.includes(old))).toBe(
      true,
    );

    await lapsed();
    await fleet.stop();
    expect(fleet.sandbox.liveTokens).toEqual([]);
    expect(fleet.sandbox.counters.token).toBe(2);
    // An answer that comes too late is asked for again.
    expect(fleet.sandbox.counters.revoke).toBeGreaterThanOrEqual(3);
  });

  it('in which the only pod is killed is made up for by the next one that boots', async () => {
    await using fleet = await Fleet.start();
    await fleet.grow(1);
    const old = await replaceToken(fleet);
    await (await revoker(fleet)).kill();

    await fleet.grow(1);

    expect(await until(() => !fleet.sandbox.liveTokens.includes(old))).toBe(
      true,
    );
    expect(fleet.sandbox.liveTokens).toEqual(await fleet.tokens());
    await lapsed();
    await fleet.stop();
    expect(fleet.sandbox.liveTokens).toEqual([]);
    expect(fleet.sandbox.counters.token).toBe(2);
    // An answer that comes too late is asked for again.
    expect(fleet.sandbox.counters.revoke).toBeGreaterThanOrEqual(3);
  });
});

describeWith('redis-server', 'a fleet of pods', () => {
  it('that stood still as a whole keeps its token when one stops before the others go on', async () => {
    await using fleet = await Fleet.start();
    const [leaver, ...others] = await fleet.grow(4);
    const [token] = await fleet.tokens();
    for (const pod of fleet.pods) pod.send('SIGSTOP');
    // Redis has lost sight of all of them.
    await wait(TIMES.lapse + 100);

    const stopped = leaver!.stop();
    leaver!.send('SIGCONT');
    await stopped;
    for (const pod of others) pod.send('SIGCONT');

    expect(await fleet.tokens()).toEqual(Array(3).fill(token));
    expect(fleet.sandbox.counters).toMatchObject({ token: 1, revoke: 0 });
    await fleet.stop();
    expect(fleet.sandbox.liveTokens).toEqual([]);
  });
});
