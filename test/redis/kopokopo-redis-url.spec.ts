import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigModule } from '@nestjs/config';
import { kopokopoConfig } from '../../lib/env/index.js';
import {
  KopoKopoConfigurationError,
  KopoKopoModule,
  type KopoKopoModuleOptions,
  MemoryTokenStore,
  TokenService,
} from '../../lib/index.js';
import { RedisTokenStore } from '../../lib/redis/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { boot, failureOf, LogBook } from '../support/boot.js';
import { describeWith, RedisServer } from '../support/redis-server.js';

const NAMES = [
  'BASE_URL',
  'CLIENT_ID',
  'CLIENT_SECRET',
  'REDIS_URL',
  'TOKEN_BEAT',
  'TOKEN_LAPSE',
  'TOKEN_PREFETCH',
].map((name) => `KOPOKOPO_${name}`);

/** Boots as the README says: the whole set-up is in the environment. */
const bootFromEnvironment = async (log?: LogBook) =>
  boot(
    [
      await ConfigModule.forRoot({ ignoreEnvFile: true }),
      KopoKopoModule.forRootAsync(kopokopoConfig.asProvider()),
    ],
    log,
  );

describe('The environment', () => {
  let sandbox: KopoKopoSandbox;
  beforeEach(async () => {
    sandbox = await KopoKopoSandbox.start();
    process.env.KOPOKOPO_BASE_URL = sandbox.url;
    process.env.KOPOKOPO_CLIENT_ID = sandbox.clientId;
    process.env.KOPOKOPO_CLIENT_SECRET = sandbox.clientSecret;
    process.env.KOPOKOPO_TOKEN_PREFETCH = 'off';
  });
  afterEach(async () => {
    for (const name of NAMES) delete process.env[name];
    await sandbox.stop();
  });

  describeWith('redis-server', 'with KOPOKOPO_REDIS_URL', () => {
    it('shares the token, and the connection is closed after the revocation', async () => {
      await using server = await RedisServer.start({ password: 'sesame' });
      process.env.KOPOKOPO_REDIS_URL = server.url;
      const log = new LogBook();
      const [one, two] = [
        await bootFromEnvironment(log),
        await bootFromEnvironment(log),
      ];
      const tokens = [one, two].map((app) => app.get(TokenService));
      const values = [];
      for (const service of tokens)
        values.push((await service.getToken()).value);
      expect(values[0]).toBe(values[1]);
      expect(sandbox.counters.token).toBe(1);
      expect(tokens[1]!.status()).toMatchObject({
        store: 'in-use',
        members: 2,
      });
      await Promise.all([one.close(), two.close()]);
      expect(sandbox.liveTokens).toEqual([]);
      expect(log.lines.join()).not.toContain('sesame');
    });
  });

  it('without KOPOKOPO_REDIS_URL, or with an empty one, has no store', async () => {
    process.env.KOPOKOPO_REDIS_URL = '';
    const app = await bootFromEnvironment();
    const status = app.get(TokenService).status();
    expect([status.store, status.members]).toEqual(['none', undefined]);
    await app.close();
  });

  it('with a Redis URL that names no database stops the boot', async () => {
    process.env.KOPOKOPO_REDIS_URL = 'redis://127.0.0.1:6379/hunter2';
    const error = await failureOf(bootFromEnvironment());
    expect((error as KopoKopoConfigurationError).messages).toEqual([
      'KOPOKOPO_REDIS_URL names a database that is no number; a right one is redis://host:6379/1.',
    ]);
  });

  it.each([
    'hunter2',
    'http://:hunter2@cache:6379',
    'redis:hunter2',
    'redis://:hunter2@cache:99999',
    'redis://',
    'redis://:hunter2%@cache:6379',
    'redis://:p@ss#hunter2@cache:6379',
  ])(
    'with the Redis URL %s stops the boot and does not show it',
    async (url) => {
      process.env.KOPOKOPO_REDIS_URL = url;
      const log = new LogBook();
      const error = await failureOf(bootFromEnvironment(log));
      expect(error).toBeInstanceOf(KopoKopoConfigurationError);
      expect((error as KopoKopoConfigurationError).messages).toEqual([
        'KOPOKOPO_REDIS_URL must be a URL that begins with redis:// or rediss:// and names a host; special characters in its password are percent-encoded.',
      ]);
      expect(`${error.stack} ${log.lines.join()}`).not.toContain('hunter2');
    },
  );

  it('sets beat and lapse', async () => {
    process.env.KOPOKOPO_TOKEN_BEAT = '2000';
    process.env.KOPOKOPO_TOKEN_LAPSE = '7000';
    expect(await kopokopoConfig()).toMatchObject({
      token: { beat: 2_000, lapse: 7_000 },
    });
  });

  it.each(['ten', '1.5', '-1'])(
    'with a beat of %s stops the boot',
    async (beat) => {
      process.env.KOPOKOPO_TOKEN_BEAT = beat;
      const error = await failureOf(bootFromEnvironment());
      expect((error as KopoKopoConfigurationError).messages).toEqual([
        'KOPOKOPO_TOKEN_BEAT must be a whole number of milliseconds from 1 to 2147483647.',
      ]);
    },
  );

  it('with a lapse of less than two beats stops the boot', async () => {
    process.env.KOPOKOPO_TOKEN_BEAT = '10000';
    process.env.KOPOKOPO_TOKEN_LAPSE = '19999';
    const error = await failureOf(bootFromEnvironment());
    expect((error as KopoKopoConfigurationError).messages).toEqual([
      'KOPOKOPO_TOKEN_LAPSE must be at least twice KOPOKOPO_TOKEN_BEAT; change one of them.',
    ]);
  });
});

describe('The options of a store', () => {
  const bootWith = (token: object) =>
    boot(
      KopoKopoModule.forRoot({
        environment: 'sandbox',
        clientId: 'id',
        clientSecret: 'secret',
        token: { prefetch: 'off', ...token },
      } as KopoKopoModuleOptions),
    );

  it.each([
    [
      { store: {} },
      'token.store must be a TokenStore, such as a RedisTokenStore',
    ],
    [{ store: 'redis://cache' }, 'token.store must be a TokenStore'],
    [{ store: null }, 'token.store must be a TokenStore'],
    [{ store: RedisTokenStore }, 'token.store must be a TokenStore'],
    [{ beat: 0 }, 'token.beat must be a whole number of milliseconds'],
    [{ beat: '5' }, 'token.beat must be a whole number of milliseconds'],
    [{ lapse: 0.5 }, 'token.lapse must be a whole number of milliseconds'],
    [
      { beat: 500, lapse: 999 },
      'token.lapse must be at least twice token.beat',
    ],
    [{ beat: 15_001 }, 'token.lapse must be at least twice token.beat'],
  ])('%j stops the boot with a sentence', async (token, sentence) => {
    const error = await failureOf(bootWith(token));
    expect(error).toBeInstanceOf(KopoKopoConfigurationError);
    expect((error as KopoKopoConfigurationError).messages.join('\n')).toContain(
      sentence,
    );
  });

  it.each([
    { store: new MemoryTokenStore() },
    { store: undefined, beat: undefined, lapse: undefined },
    { beat: 500, lapse: 1_000 },
  ])('%p boots', async (token) => {
    await (await bootWith(token)).close();
  });
});
