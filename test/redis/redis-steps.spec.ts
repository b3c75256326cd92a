import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { inspect } from 'node:util';
import { KopoKopoModule } from '../../lib/index.js';
import {
  RedisTokenStore,
  type RedisTokenStoreClient,
} from '../../lib/redis/index.js';
import { ClientSecrets } from '../../lib/token/client-secrets.js';
import { boot, failureOf, QUIET } from '../support/boot.js';
import { describeWith, RedisServer } from '../support/redis-server.js';

describeWith('redis-server', 'A step of RedisTokenStore', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start({ password: 'sesame' });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('that fails tells why in a word, and nothing of what was sent', async () => {
    const url = server.url.replace('sesame', 'hunter2');
    const store = new RedisTokenStore({ url });
    const error = await failureOf(store.beat('account', 'member', 1_000));
    expect(error).toMatchObject({
      message: 'Redis is out of reach (WRONGPASS).',
      code: 'WRONGPASS',
    });
    const all = { depth: Infinity, showHidden: true, getters: true };
    expect(inspect(error, all)).not.toMatch(/hunter2|member/);
    await store.close('member');
  });

  it('wakes a client that connects lazily and keeps no commands back', async () => {
    const client = new Redis(server.url, {
      lazyConnect: true,
      enableOfflineQueue: false,
    });
    const store = new RedisTokenStore({ client });
    expect(await store.beat('account', 'member', 1_000)).toMatchObject({
      members: 1,
    });
    client.disconnect();
  });

  it('through a client that was closed just now says so', async () => {
    const client = new Redis(server.url);
    const store = new RedisTokenStore({ client });
    await store.beat('closed', 'member', 1_000);
    client.disconnect();
    expect(
      await failureOf(store.beat('closed', 'member', 1_000)),
    ).toMatchObject({ code: 'DISCONNECTED' });
  });

  it('asks a client that can only wait, and survives one that can’t be woken', async () => {
    const client = new Redis(server.url, { lazyConnect: true });
    const { status, evalsha, eval: run } = client;
    const bare = {
      status,
      evalsha: evalsha.bind(client),
      eval: run.bind(client),
    };
    const beat = (given: RedisTokenStoreClient) =>
      new RedisTokenStore({ client: given }).beat('bare', 'member', 1_000);
    expect(await beat(bare)).toMatchObject({ members: 1 });
    const broken = () => {
      throw new Error('no');
    };
    expect(await failureOf(beat({ ...bare, connect: broken }))).toMatchObject({
      code: 'DISCONNECTED',
    });
    client.disconnect();
  });
});

it('What knows the client secret shows it to nobody who looks at its getters', async () => {
  const app = await boot(
    KopoKopoModule.forRoot({
      environment: 'sandbox',
      clientId: 'cl_quiet',
      clientSecret: ['hunter2', 'hunter3'],
      ...QUIET,
    }),
  );
  const all = { depth: Infinity, showHidden: true, getters: true };
  const secrets = app.get(ClientSecrets, { strict: false });
  expect(inspect(secrets, all)).not.toMatch(/hunter/);
  await app.close();
});
