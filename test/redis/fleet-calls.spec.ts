import { describe, expect, it } from '@jest/globals';
import { setTimeout } from 'node:timers/promises';
import { KopoKopoHttpService, MemoryTokenStore } from '../../lib/index.js';
import { RedisTokenStore } from '../../lib/redis/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { QUIET } from '../support/boot.js';
import { frailStore } from '../support/frail-store.js';
import { BRISK, eventually, openFleet } from '../support/redis-fleet.js';
import { describeWith, RedisServer } from '../support/redis-server.js';
import { pod } from '../support/store-pod.js';

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

describe('A token that a process got for itself while the store was away', () => {
  it('is not handed to siblings to revoke while a call uses it', async () => {
    await using sandbox = await KopoKopoSandbox.start({ api: 'scripted' });
    const inner = new MemoryTokenStore();
    const { store, line } = frailStore({ inner });
    const given = { token: { ...QUIET.token, revokeDelay: 100 } };
    const one = await pod(sandbox, store, given);
    const other = await pod(sandbox, inner, given);
    await eventually('both count', () => other.tokens.status().members === 2);
    line.isDown = true;
    await eventually(
      'it is missed',
      () => one.tokens.status().store !== 'in-use',
    );
    const { value } = await one.tokens.getToken();
    sandbox.failNext('api', { kind: 'hang' });
    const http = one.app.get(KopoKopoHttpService);
    const call = http.get('things', { timeout: 20_000 });
    await sandbox.waitForRequest('api');
    one.tokens.invalidateToken(value);
    await one.tokens.getToken();
    line.isDown = false;
    await eventually(
      'it is back',
      () => one.tokens.status().store === 'in-use',
    );
    // Far beyond lapse, beat and revokeDelay.
    await setTimeout(1_200);
    expect(sandbox.liveTokens).toContain(value);

    sandbox.release();
    await call;
    await one.app.close();
    await other.app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });
});
