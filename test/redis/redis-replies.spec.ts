import { describe, expect, it } from '@jest/globals';
import { Cluster } from 'ioredis';
import { RedisTokenStore } from '../../lib/redis/index.js';
import { failureOf } from '../support/boot.js';
import { openFleet } from '../support/redis-fleet.js';
import {
  describeWith,
  redisCluster,
  RedisServer,
} from '../support/redis-server.js';
import { scriptedRedis } from '../support/scripted-redis.js';

const beat = (store: RedisTokenStore) => store.beat('account', 'one', 60_000);

describe('A server that is not the one to talk to', () => {
  it.each([
    [
      '6',
      'ERR Error running script (call to f_6b1bf486c81c): @user_script:1: @user_script: 1: -READONLY You can’t write against a read only replica.',
      'READONLY',
    ],
    ['7', 'READONLY You can’t write against a read only replica.', 'READONLY'],
    [
      '5',
      'ERR Error running script (call to f_6b1b): @user_script:9: -MASTERDOWN Link with MASTER is down',
      'MASTERDOWN',
    ],
    [
      '6 that loads its data',
      'LOADING Redis is loading the dataset in memory',
      'LOADING',
    ],
  ])(
    'Redis %s: each step tries a new connection, and its reason is the one that the script met',
    async (_version, reply, code) => {
      await using server = await scriptedRedis(reply);
      const store = new RedisTokenStore({ url: server.url });
      expect(await failureOf(beat(store))).toMatchObject({ code });
      // The module leaves a store that failed alone for a while; its connection is closed by then.
      await server.left();
      expect(await failureOf(beat(store))).toMatchObject({ code });
      expect(server.connections).toBe(2);
      await store.close('one');
    },
  );

  it('an error of a script that has another reason keeps the connection', async () => {
    const reply =
      'ERR Error running script (call to f_6b1b): @user_script:1: -OOM command not allowed when used memory > maxmemory.';
    await using server = await scriptedRedis(reply);
    const store = new RedisTokenStore({ url: server.url });
    expect(await failureOf(beat(store))).toMatchObject({ code: 'OOM' });
    expect(await failureOf(beat(store))).toMatchObject({ code: 'OOM' });
    expect(server.connections).toBe(1);
    await store.close('one');
  });
});

/** What a fleet of one says when its first token is fetched. */
async function adviceOf(url: string): Promise<string[]> {
  await using fleet = await openFleet();
  const pod = await fleet.join(new RedisTokenStore({ url }));
  await pod.value();
  await pod.value();
  await pod.stop();
  return fleet.book.of('warn').filter((line) => line.includes('KopoKopoRedis'));
}

const COMMANDS = expect.stringContaining(
  'Redis refuses this user what RedisTokenStore needs (NOPERM): allow it the commands EVAL, EVALSHA,',
);

describeWith('redis-server', 'A Redis on which no script can run', () => {
  it.each([
    ['no scripts', '~* +@all -@scripting'],
    ['no key of the store', '~other:* +@all'],
    ['no command of the script', '~* +@all -set -time'],
  ])(
    'a user with %s is named once, with what to allow it',
    async (_what, rules) => {
      await using server = await RedisServer.start();
      await server.command(
        'ACL',
        'SETUSER',
        'guest',
        'on',
        '>sesame',
        ...rules.split(' '),
      );
      const url = server.url.replace('//', '//guest:sesame@');
      expect(await adviceOf(url)).toEqual([COMMANDS]);
    },
  );

  it('a command that is renamed is named once, with what to do', async () => {
    await using server = await RedisServer.start({
      args: ['--rename-command', 'EVAL', 'hidden'],
    });
    expect(await adviceOf(server.url)).toEqual([
      expect.stringContaining('Redis does not know EVAL or EVALSHA'),
    ]);
  });

  it('and one that works gives no advice', async () => {
    await using server = await RedisServer.start();
    expect(await adviceOf(server.url)).toEqual([]);
  });
});

describeWith('redis-server', 'A Cluster with automatic pipelines', () => {
  it('runs the steps of the store, and the commands of the app beside them', async () => {
    await using cluster = await redisCluster();
    const client = new Cluster(
      cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
      { enableAutoPipelining: true },
    );
    const store = new RedisTokenStore({ client });
    for (let i = 0; i < 8; i++) {
      const [view, ...answers] = await Promise.all([
        store.beat(`account ${i}`, 'one', 60_000),
        client.get(`a${i}`),
        client.set(`b${i}`, 'c'),
      ]);
      expect(view.members).toBe(1);
      expect(answers).toEqual([null, 'OK']);
    }
    client.disconnect();
  }, 60_000);
});
