import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { RedisTokenStore } from '../../lib/redis/index.js';
import { faultyProxy } from '../support/faulty-proxy.js';
import { ownTime } from '../support/own-time.js';
import {
  eventually,
  type Fleet,
  openFleet,
  sharing,
  STILL,
} from '../support/redis-fleet.js';
import { describeWith, RedisServer } from '../support/redis-server.js';

/** Milliseconds of its own time within which a token comes for which no store is waited for. */
const AT_ONCE = 500;

/** Milliseconds of its own time for which a sibling waits for who can't say what became of its renewal. */
const STOOD_IN_FOR = 2_500;

describeWith('redis-server', 'A connection to Redis', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await openFleet({}, { timeout: 1_000 });
  });
  afterEach(async () => fleet[Symbol.asyncDispose]());

  it('that goes silent, while new ones work, is replaced within seconds', async () => {
    await using server = await RedisServer.start();
    await using proxy = await faultyProxy(server.port);
    const pods = await sharing(fleet, proxy.url, {}, {});
    const all = (store: string) =>
      eventually(`the store is ${store} for all`, () =>
        pods.every(({ tokens }) => tokens.status().store === store),
      );

    proxy.mute();

    await all('out-of-reach');
    await all('in-use');
    await fleet.stopAll();
    expect(fleet.sandbox.liveTokens).toEqual([]);
  });

  it('to a server that became a replica is replaced by one to where its address leads now', async () => {
    await using server = await RedisServer.start();
    await using successor = await RedisServer.start();
    await using proxy = await faultyProxy(server.port);
    const pods = await sharing(fleet, proxy.url, {}, {});
    const token = await pods[0]!.value();

    proxy.leadTo(successor.port);
    await server.command('REPLICAOF', '127.0.0.1', successor.port);

    await eventually(
      'the token is shared through the successor',
      async () =>
        (await successor.dump()).includes('"token"') &&
        pods.every(({ tokens }) => tokens.status().store === 'in-use'),
    );
    expect(await Promise.all(pods.map((pod) => pod.value()))).toEqual([
      token,
      token,
    ]);
    await fleet.stopAll();
    expect(fleet.sandbox.liveTokens).toEqual([]);
  });

  it('that breaks when the new token is handed over holds no sibling up', async () => {
    await using server = await RedisServer.start();
    await using proxy = await faultyProxy(server.port);
    const [leader, sibling] = await Promise.all(
      [proxy.url, server.url].map((url) =>
        fleet.join(new RedisTokenStore({ url }), STILL),
      ),
    );
    let cuts = 0;
    proxy.cutAt((text) => /\r\npublish\r\n/.test(text) && ++cuts === 1);
    fleet.sandbox.failNext('token', { kind: 'delay', ms: 200 });
    const leading = leader!.value();
    await fleet.sandbox.waitForRequest('token');
    const waiting = sibling!.value();
    await leading;

    expect(await ownTime(() => waiting)).toBeLessThan(STOOD_IN_FOR);
    expect(cuts).toBeGreaterThan(0);
    await fleet.stopAll();
    expect(fleet.sandbox.liveTokens).toEqual([]);
  });

  it('that breaks during a renewal holds no sibling up, though the Redis behind it forgets no lease', async () => {
    await using server = await RedisServer.start({ keepsData: true });
    const [leader, sibling] = await Promise.all(
      [1, 2].map(() =>
        fleet.join(new RedisTokenStore({ url: server.url }), STILL),
      ),
    );
    fleet.sandbox.failNext('token', { kind: 'delay', ms: 400 });
    const leading = leader!.value();
    await fleet.sandbox.waitForRequest('token');
    await server.kill();
    await leading;
    await eventually(
      'the new token can’t be handed over',
      () => leader!.tokens.status().store === 'out-of-reach',
    );
    await server.start();

    const took = await ownTime(() => sibling!.value());

    expect(took).toBeLessThan(STOOD_IN_FOR);
    await fleet.stopAll();
    expect(fleet.sandbox.liveTokens).toEqual([]);
  });

  it('that can’t be made holds nobody up whose token is rejected while its renewal waits for the store', async () => {
    fleet.sandbox.setTokenLifetime(15);
    const { tokens, value } = await fleet.join(
      new RedisTokenStore({ url: 'redis://127.0.0.1:1' }),
      { ...STILL, earlyWindow: 0.9, lastWindow: 500 },
    );
    const rejected = await value();
    await eventually('a renewal waits', () => tokens.status().requesting);
    tokens.invalidateToken(rejected);

    const took = await ownTime(async () => {
      expect(await value()).not.toBe(rejected);
    });

    expect(took).toBeLessThan(AT_ONCE);
  });
});
