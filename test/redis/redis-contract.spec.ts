import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cluster, type Redis } from 'ioredis';
import { RedisTokenStore } from '../../lib/redis/index.js';
import { tokenStoreContract } from '../../lib/testing/index.js';
import {
  describeWith,
  redisCluster,
  RedisServer,
} from '../support/redis-server.js';

function contractOn(binary: string): void {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start({ binary });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it.each(tokenStoreContract())('$name', ({ run }) =>
    run(() => new RedisTokenStore({ url: server.url })),
  );

  describe('on a client of the app, with a prefix of its own,', () => {
    let client: Redis;
    let store: RedisTokenStore;
    beforeAll(() => {
      client = server.client({ keyPrefix: 'shop:' });
      store = new RedisTokenStore({ client, keyPrefix: 'pay' });
    });
    afterAll(async () => {
      const keys = (await server.command('KEYS', 'shop:pay:*')) as string[];
      client.disconnect();
      expect(keys.length).toBeGreaterThan(0);
    });

    it.each(tokenStoreContract())('$name', ({ run }) => run(() => store));

    it('the client is never closed', async () => {
      await store.beat('account', 'member', 1_000);
      await store.close('member');
      expect(await client.ping()).toBe('PONG');
    });
  });
}

describeWith(
  'redis-server',
  'RedisTokenStore on Redis keeps the contract:',
  () => contractOn('redis-server'),
);

describeWith(
  'valkey-server',
  'RedisTokenStore on Valkey keeps the contract:',
  () => contractOn('valkey-server'),
  { optional: true },
);

describeWith(
  'redis-server',
  'RedisTokenStore on a Redis Cluster of three keeps the contract:',
  () => {
    let nodes: Awaited<ReturnType<typeof redisCluster>>;
    let client: Cluster;
    beforeAll(async () => {
      nodes = await redisCluster();
      client = new Cluster(
        nodes.nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
      );
      client.on('error', () => undefined);
    }, 60_000);
    afterAll(async () => {
      client.disconnect();
      await nodes[Symbol.asyncDispose]();
    });

    it.each(tokenStoreContract())('$name', ({ run }) =>
      run(() => new RedisTokenStore({ client })),
    );

    it('the accounts stand on all nodes', async () => {
      const store = new RedisTokenStore({ client });
      for (let i = 0; i < 30; i++) await store.beat(`shop ${i}`, 'm', 60_000);
      for (const node of nodes.nodes) {
        expect(await node.command('DBSIZE')).toBeGreaterThan(0);
      }
    });
  },
);
