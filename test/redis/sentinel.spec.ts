import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { RedisOptions } from 'ioredis';
import { RedisTokenStore } from '../../lib/redis/index.js';
import { FleetPod } from '../fleet/support/fleet-pod.js';
import { ownTime } from '../support/own-time.js';
import {
  BRISK,
  eventually,
  type Fleet,
  openFleet,
  type Pod,
} from '../support/redis-fleet.js';
import { describeWith, RedisServer } from '../support/redis-server.js';

/** Milliseconds of its own time within which a token comes, and an app closes, whatever the Sentinels do. */
const SOON = 2_000;

describeWith('redis-server', 'A RedisTokenStore that asks Sentinels', () => {
  let fleet: Fleet;
  let server: RedisServer;
  let sentinel: RedisServer;
  beforeEach(async () => {
    [fleet, server, sentinel] = await Promise.all([
      openFleet({}, { timeout: 1_000 }),
      RedisServer.start(),
      RedisServer.start({ sentinel: true }),
    ]);
    const watched = ['cache', '127.0.0.1', server.port, 1];
    await sentinel.command('SENTINEL', 'MONITOR', ...watched);
  });
  afterEach(async () => {
    for (const one of [fleet, server, sentinel]) {
      await one[Symbol.asyncDispose]();
    }
  });

  const options = (): RedisOptions => ({
    sentinels: [{ host: '127.0.0.1', port: sentinel.port }],
    name: 'cache',
  });

  it('shares a token through the Redis that they name', async () => {
    const pods: Pod[] = [];
    for (let i = 0; i < 3; i++) {
      pods.push(await fleet.join(new RedisTokenStore({ options: options() })));
    }
    await eventually('all have joined', () =>
      pods.every(({ tokens }) => tokens.status().members === 3),
    );
    await Promise.all(pods.map((pod) => pod.value()));

    expect(fleet.sandbox.counters.token).toBe(1);
    expect(await server.dump()).toContain('"token"');
    await fleet.stopAll();
    expect(fleet.sandbox.liveTokens).toEqual([]);
  });

  it('of which none answers gives a token and closes without waiting for them', async () => {
    sentinel.pause();
    const pod = await fleet.join(new RedisTokenStore({ options: options() }));

    expect(await ownTime(() => pod.value())).toBeLessThan(SOON);
    expect(await ownTime(() => pod.stop())).toBeLessThan(SOON);
    expect(fleet.sandbox.liveTokens).toEqual([]);
  });

  it('of which none answers keeps no process alive', async () => {
    sentinel.pause();
    const pod = new FleetPod('pod', {
      redis: options(),
      options: { ...fleet.sandbox.moduleOptions, token: BRISK },
    });
    await pod.ready();
    await pod.get();

    await pod.close();
    expect(fleet.sandbox.liveTokens).toEqual([]);
  });
});
