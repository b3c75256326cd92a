import { expect, it } from '@jest/globals';
import { RedisTokenStore } from '../../lib/redis/index.js';
import { BRISK, eventually, openFleet } from '../support/redis-fleet.js';
import { describeWith, RedisServer } from '../support/redis-server.js';

/** What a fleet of one has in its Redis. */
interface State {
  members: Record<string, number>;
  retired: Record<string, { claimedUntil: number }>;
}

describeWith('redis-server', 'A replaced token of a fleet', () => {
  it('is revoked after the last call of this process that uses it, however long that takes', async () => {
    await using server = await RedisServer.start();
    await using fleet = await openFleet(
      { tokenLifetime: 15 },
      { timeout: 300 },
    );
    const { sandbox } = fleet;
    const pod = await fleet.join(new RedisTokenStore({ url: server.url }), {
      earlyWindow: 0.9,
      lastWindow: 500,
    });
    const state = async () => JSON.parse(await server.dump()) as State;
    const used = await pod.value();
    sandbox.setTokenLifetime(3_600);
    sandbox.failNext('api', { kind: 'hang' });
    const call = pod.http.get('things', { timeout: 20_000 });
    await sandbox.waitForRequest('api');

    await eventually('it is due', async () => {
      const [entry] = Object.values((await state()).retired);
      return entry !== undefined && entry.claimedUntil > 0;
    });
    const lapse = async () => Object.values((await state()).members)[0]!;
    const since = await lapse();
    await eventually(
      'three beats later',
      async () => (await lapse()) > since + 3 * BRISK.beat,
    );
    expect(sandbox.liveTokens).toEqual([used, await pod.value()]);
    expect(sandbox.counters.revoke).toBe(0);

    sandbox.release();
    expect((await call).status).toBe(200);
    await eventually('it is revoked', () => !sandbox.liveTokens.includes(used));
    expect(sandbox.liveTokens).toEqual([await pod.value()]);
    await fleet.stopAll();
    expect(sandbox.liveTokens).toEqual([]);
  });
});
