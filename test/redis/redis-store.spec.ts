import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { Redis } from 'ioredis';
import { KopoKopoModule, TokenService } from '../../lib/index.js';
import { RedisTokenStore } from '../../lib/redis/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { boot } from '../support/boot.js';
import { ownTime } from '../support/own-time.js';
import { NEEDLES, needlesIn } from '../support/needles.js';
import { BRISK, eventually, openFleet } from '../support/redis-fleet.js';
import { describeWith, RedisServer } from '../support/redis-server.js';

describeWith('redis-server', 'RedisTokenStore', () => {
  let server: RedisServer;
  let admin: Redis;
  beforeAll(async () => {
    server = await RedisServer.start();
    admin = server.client();
  });
  beforeEach(() => admin.flushall());
  afterAll(async () => {
    admin.disconnect();
    await server[Symbol.asyncDispose]();
  });

  const clients = async (): Promise<number> => {
    const list = (await admin.client('LIST')) as string;
    return list.trim().split('\n').length - 1;
  };

  /** Every key with its type, its value and its TTL. */
  async function contents(): Promise<{ key: string; value: string }[]> {
    const found = [];
    for (const key of await admin.keys('*')) {
      expect(await admin.pttl(key)).toBeGreaterThan(0);
      found.push({ key, value: (await admin.get(key)) ?? '' });
    }
    return found;
  }

  it('leaves keys with a TTL that give away neither token, client id nor secret, and so do dump and log', async () => {
    await using fleet = await openFleet({
      applications: [
        { clientId: NEEDLES.clientId, clientSecret: NEEDLES.secret },
      ],
    });
    const { book, sandbox } = fleet;
    const store = () => new RedisTokenStore({ url: server.url });
    const [first, second] = [
      await fleet.join(store()),
      await fleet.join(store()),
    ];
    first.tokens.invalidateToken(await first.tokens.getToken());
    await second.value();
    await first.value();
    const found = await contents();
    expect(found).toHaveLength(1);
    const dump = (await admin.dumpBuffer(found[0]!.key)).toString('latin1');
    await fleet.stopAll();
    const after = await contents();

    const text = [
      JSON.stringify([found, after]),
      dump,
      book.lines.join('\n'),
    ].join('\n');
    const sealed = [...text.matchAll(/k1\.([\w-]+)/g)].map(([, bytes]) =>
      Buffer.from(bytes!, 'base64url').toString('latin1'),
    );
    expect(sealed).not.toHaveLength(0);
    expect(sandbox.issuedTokens).toHaveLength(2);
    const needles = [NEEDLES.clientId, ...sandbox.issuedTokens];
    for (const readable of [text, ...sealed]) {
      expect(needlesIn(readable, needles)).toEqual([]);
    }
  });

  it('keeps two accounts, and one account in two worlds, in keys of their own', async () => {
    await using one = await openFleet();
    await using other = await openFleet();
    const values = [];
    for (const fleet of [one, other]) {
      const pod = await fleet.join(new RedisTokenStore({ url: server.url }));
      values.push(await pod.value());
    }
    // The same client id and secret at another origin.
    await using sandbox = await KopoKopoSandbox.start({
      applications: [one.sandbox.moduleOptions],
    });
    const app = await boot(
      KopoKopoModule.forRoot({
        ...sandbox.moduleOptions,
        token: { ...BRISK, store: new RedisTokenStore({ url: server.url }) },
      }),
    );
    values.push((await app.get(TokenService).getToken()).value);
    expect(new Set(values).size).toBe(3);
    expect(await contents()).toHaveLength(3);
    await app.close();
  });

  it('leaves nothing behind when the last one went in good order', async () => {
    await using fleet = await openFleet();
    const pods = [];
    for (let i = 0; i < 3; i++) {
      pods.push(await fleet.join(new RedisTokenStore({ url: server.url })));
      await pods[i]!.value();
    }
    expect(fleet.sandbox.issuedTokens).toHaveLength(1);
    await pods[0]!.stop();
    await pods[1]!.stop();
    expect(fleet.sandbox.liveTokens).toHaveLength(1);
    await pods[2]!.stop();
    expect(fleet.sandbox.liveTokens).toHaveLength(0);
    expect(await contents()).toHaveLength(0);
    await eventually(
      'no connection is left',
      async () => (await clients()) === 0,
    );
  });

  it('closes its own connection after the revocation, not before a sibling in the same process is done', async () => {
    await using fleet = await openFleet();
    const store = new RedisTokenStore({ url: server.url });
    const [one, two] = [await fleet.join(store), await fleet.join(store)];
    await Promise.all([one.value(), two.value()]);
    await eventually(
      'both have joined',
      () => two.tokens.status().members === 2,
    );
    await one.stop();
    expect(await clients()).toBe(1);
    await two.stop();
    expect(fleet.sandbox.liveTokens).toHaveLength(0);
    await eventually('it is closed', async () => (await clients()) === 0);
  });

  it('recovers when the scripts were flushed', async () => {
    const store = new RedisTokenStore({ url: server.url });
    await store.beat('account', 'one', 60_000);
    await admin.script('FLUSH');
    const views = await Promise.all([
      store.beat('account', 'two', 60_000),
      store.beat('account', 'three', 60_000),
    ]);
    expect(Math.max(...views.map(({ members }) => members))).toBe(3);
    await store.close('one');
    await store.close('two');
    await store.close('three');
  });

  it('with the app’s client closed first, shutdown does not throw and the token stays for the siblings', async () => {
    await using fleet = await openFleet();
    const client = server.client();
    const one = await fleet.join(new RedisTokenStore({ client }));
    const two = await fleet.join(new RedisTokenStore({ url: server.url }));
    const value = await one.value();
    expect(await two.value()).toBe(value);
    await client.quit();
    await one.stop();
    expect(fleet.sandbox.liveTokens).toEqual([value]);
    await eventually('it lapses', () => two.tokens.status().members === 1);
    await two.stop();
    expect(fleet.sandbox.liveTokens).toEqual([]);
  });

  it('gives a client that is away nothing to send later', async () => {
    await using away = await RedisServer.start();
    const client = away.client({
      maxRetriesPerRequest: null,
      retryStrategy: () => 50,
    });
    const shared = new RedisTokenStore({ client });
    await shared.beat('account', 'one', 60_000);
    await away.stop();
    await eventually('it is away', () => client.status !== 'ready');
    await expect(shared.beat('account', 'two', 60_000)).rejects.toThrow();
    await away.start();
    await eventually('it is back', () => client.status === 'ready');
    const { members } = await shared.beat('account', 'three', 60_000);
    expect(members).toBe(1);
    client.disconnect();
  });

  it('waits for a client that has only just been made', async () => {
    const client = server.client();
    const { members } = await new RedisTokenStore({ client }).beat(
      'account',
      'one',
      60_000,
    );
    expect(members).toBe(1);
    client.disconnect();
  });

  it.each(['alive', 'silent', 'dead', 'not there'])(
    'closed on a Redis that is %s, it does not keep the process alive',
    async (how) => {
      await using other = await RedisServer.start();
      const timers = () =>
        process.getActiveResourcesInfo().filter((what) => what === 'Timeout');
      await setTimeout(100);
      const before = timers().length;
      const url = how === 'not there' ? 'redis://127.0.0.1:1' : other.url;
      const store = new RedisTokenStore({ url });
      await store.beat('account', 'one', 60_000).catch(() => undefined);
      if (how === 'silent') other.pause();
      if (how === 'dead') await other.kill();
      const step = store.beat('account', 'one', 60_000).catch(() => undefined);
      if (how !== 'silent') await step;
      await store.close('one');
      // ioredis' own patience is 2 s.
      // One timer is that of the measure itself.
      const took = await ownTime(() =>
        eventually('no timer is left', () => timers().length <= before + 1),
      );
      expect(took).toBeLessThan(1_500);
    },
  );

  it('prints without its password', () => {
    const store = new RedisTokenStore({
      url: 'redis://:hushhush@127.0.0.1:1',
    });
    const text = inspect(store, { depth: 9, showHidden: true });
    expect(text + JSON.stringify(store)).not.toContain('hushhush');
  });
});
