import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Cluster, type Redis } from 'ioredis';
import { RedisTokenStore } from '../../lib/redis/index.js';
import { tokenStoreContract } from '../../lib/testing/index.js';
import { eventually } from '../support/redis-fleet.js';
import {
  describeWith,
  redisCluster,
  RedisServer,
} from '../support/redis-server.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** What a process says whose clocks are a day ahead. */
async function aDayAhead<T>(step: () => Promise<T>): Promise<T> {
  const clocks = [Date, performance].map((clock) => {
    const now = clock.now.bind(clock);
    return jest.spyOn(clock, 'now').mockImplementation(() => now() + DAY);
  });
  try {
    return await step();
  } finally {
    for (const clock of clocks) clock.mockRestore();
  }
}

function contractOn(binary: string): void {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start({ binary });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it.each(tokenStoreContract())('$name', ({ run }) =>
    run(() => new RedisTokenStore({ url: server.url })),
  );

  it('the server tells the time: a process whose clock is a day ahead keeps nothing longer and loses nothing', async () => {
    const store = new RedisTokenStore({ url: server.url });
    const token = { id: 'a', sealed: 'sealed a', remaining: MINUTE };
    const written = await aDayAhead(async () => {
      await store.beat('clocks', 'gone', 100);
      await store.lease('clocks', 'ahead', MINUTE, 100);
      return store.publish('clocks', 'ahead', token, MINUTE);
    });
    const look = () => store.beat('clocks', 'right', MINUTE);
    await eventually('it lapses', async () => (await look()).members === 2);
    const view = await look();
    expect(view.now - written.now).toBeLessThan(MINUTE);
    expect(view.token?.remaining).toBeLessThan(MINUTE);
    const ahead = await aDayAhead(look);
    expect(ahead).toMatchObject({ members: 2, token: { id: 'a' } });
    expect(ahead.token?.remaining).toBeGreaterThan(0);
    for (const member of ['gone', 'ahead', 'right']) await store.close(member);
  });

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
    });
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
