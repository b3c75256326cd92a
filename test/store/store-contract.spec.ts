import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cluster, Redis } from 'ioredis';
import { MemoryStore } from '../../lib/index.js';
import { RedisStore } from '../../lib/redis/index.js';
import { storeContract } from '../../lib/testing/index.js';
import {
  describeWith,
  redisCluster,
  RedisServer,
} from '../support/redis-server.js';
import { failureOf } from '../support/boot.js';

const entry = (version: string, ttl = 60_000) => ({
  document: version,
  version,
  ttl,
});

describe('a MemoryStore', () => {
  it.each(storeContract())('$name', ({ run }) => run(() => new MemoryStore()));

  it('keeps 20,000 documents and forgets those that were written first', async () => {
    const store = new MemoryStore();
    const write = (n: number) =>
      store.swap(`key-${n}`, undefined, entry(`v${n}`));
    const has = async (n: number) =>
      (await store.read(`key-${n}`)).document !== undefined;
    for (let n = 0; n < 20_000; n++) await write(n);
    expect([await has(0), await has(19_999)]).toEqual([true, true]);
    await write(20_000);
    expect([await has(0), await has(999), await has(1_001)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(await has(20_000)).toBe(true);
  });
});

for (const binary of ['redis-server', 'valkey-server'] as const) {
  describeWith(binary, `a RedisStore on ${binary}`, () => {
    let server: RedisServer;
    beforeAll(async () => {
      server = await RedisServer.start({ binary });
    });
    afterAll(() => server[Symbol.asyncDispose]());

    it.each(storeContract())('$name', ({ run }) =>
      run(() => new RedisStore({ url: server.url })),
    );

    it('replaces what somebody else has put under a key', async () => {
      const redis = new Redis(server.url);
      await redis.set('strange', 'text');
      const store = new RedisStore({ url: server.url });
      const { swapped } = await store.swap('strange', undefined, entry('one'));
      expect(swapped).toBe(true);
      expect(await redis.pttl('strange')).toBeGreaterThan(50_000);
      redis.disconnect();
      await store.close();
    });

    it('takes one round trip a step, and puts keyPrefix before its keys', async () => {
      const redis = new Redis(server.url);
      const store = new RedisStore({ url: server.url, keyPrefix: 'shop:' });
      await store.read('first');
      await redis.config('RESETSTAT');
      await store.swap('key', undefined, entry('one'));
      const stats = await redis.info('commandstats');
      expect(stats).toMatch(/cmdstat_evalsha:calls=1,/);
      expect(stats).not.toMatch(/cmdstat_eval:/);
      expect(await redis.exists('shop:key')).toBe(1);
      redis.disconnect();
      await store.close();
    });

    it('rejects within a moment where Redis stands still, and says nothing of its address', async () => {
      await using other = await RedisServer.start({ binary });
      const store = new RedisStore({ url: other.url });
      await store.read('key');
      other.pause();
      const error = await failureOf(store.read('key'));
      expect(error.message).toBe('Redis is out of reach (TIMEOUT).');
      other.resume();
      await store.close();
    });
  });
}

describeWith('redis-server', 'a RedisStore on a Cluster of three', () => {
  let nodes: Awaited<ReturnType<typeof redisCluster>>;
  let client: Cluster;
  beforeAll(async () => {
    nodes = await redisCluster();
    const { nodes: servers } = nodes;
    client = new Cluster(
      servers.map(({ port }) => ({ host: '127.0.0.1', port })),
    );
    client.on('error', () => undefined);
    // An app's own client has connected long before.
    if (client.status !== 'ready') await once(client, 'ready');
  });
  afterAll(async () => {
    client.disconnect();
    await nodes[Symbol.asyncDispose]();
  });

  it.each(storeContract())('$name', ({ run }) =>
    run(() => new RedisStore({ client })),
  );
});
