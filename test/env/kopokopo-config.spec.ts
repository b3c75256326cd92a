import { afterEach, describe, expect, it } from '@jest/globals';
import { ConfigModule } from '@nestjs/config';
import { kopokopoConfig } from '../../lib/env/index.js';
import {
  KopoKopoConfigurationError,
  KopoKopoModule,
  TokenService,
} from '../../lib/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { boot, failureOf } from '../support/boot.js';

const BEFORE = { ...process.env };

afterEach(() => {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('KOPOKOPO_')) delete process.env[name];
  }
  Object.assign(process.env, BEFORE);
});

const CREDENTIALS = {
  KOPOKOPO_ENVIRONMENT: 'sandbox',
  KOPOKOPO_CLIENT_ID: 'cl_id',
  KOPOKOPO_CLIENT_SECRET: 'needle-of-environment',
};

async function read(environment: Record<string, string>) {
  Object.assign(process.env, environment);
  return kopokopoConfig();
}

function app() {
  return boot([
    ConfigModule.forRoot({ load: [kopokopoConfig], ignoreEnvFile: true }),
    KopoKopoModule.forRootAsync(kopokopoConfig.asProvider()),
  ]);
}

const VARIABLES: [string, string, Record<string, unknown>][] = [
  ['KOPOKOPO_ENVIRONMENT', 'production', { environment: 'production' }],
  ['KOPOKOPO_BASE_URL', 'https://k.example', { baseUrl: 'https://k.example' }],
  ['KOPOKOPO_CLIENT_ID', 'id', { clientId: 'id' }],
  ['KOPOKOPO_CLIENT_SECRET', 'one,two', { clientSecret: 'one,two' }],
  ['KOPOKOPO_CLIENT_SECRETS', 'one, two', { clientSecret: ['one', 'two'] }],
  ['KOPOKOPO_API_KEY', 'key', { apiKey: 'key' }],
  ['KOPOKOPO_API_VERSION', 'v1', { apiVersion: 'v1' }],
  ['KOPOKOPO_TIMEOUT', '2500', { timeout: 2_500 }],
  ['KOPOKOPO_USER_AGENT', 'shop/1', { userAgent: 'shop/1' }],
  ['KOPOKOPO_TOKEN_PREFETCH', 'off', { token: { prefetch: 'off' } }],
  ['KOPOKOPO_TOKEN_EARLY_WINDOW', '0.5', { token: { earlyWindow: 0.5 } }],
  ['KOPOKOPO_TOKEN_LAST_WINDOW', '1', { token: { lastWindow: 1 } }],
  ['KOPOKOPO_TOKEN_MINT_BUDGET', '2', { token: { mintBudget: 2 } }],
  ['KOPOKOPO_TOKEN_MINT_ATTEMPTS', '3', { token: { mintAttempts: 3 } }],
  ['KOPOKOPO_TOKEN_ATTEMPT_TIMEOUT', '4', { token: { attemptTimeout: 4 } }],
  ['KOPOKOPO_TOKEN_COOLDOWN_MIN', '5', { token: { cooldownMin: 5 } }],
  ['KOPOKOPO_TOKEN_COOLDOWN_MAX', '6', { token: { cooldownMax: 6 } }],
  ['KOPOKOPO_SHUTDOWN_REVOKE', 'false', { shutdown: { revoke: false } }],
  ['KOPOKOPO_SHUTDOWN_REVOKE', 'true', { shutdown: { revoke: true } }],
  ['KOPOKOPO_SHUTDOWN_TIMEOUT', '7', { shutdown: { timeout: 7 } }],
  ['KOPOKOPO_SHUTDOWN_DEADLINE', '8', { shutdown: { deadline: 8 } }],
  ['KOPOKOPO_TOKEN_REVOKE_DELAY', '9', { token: { revokeDelay: 9 } }],
  ['KOPOKOPO_TOKEN_BEAT', '10', { token: { beat: 10 } }],
  ['KOPOKOPO_TOKEN_LAPSE', '11', { token: { lapse: 11 } }],
];

describe('kopokopoConfig', () => {
  it('reads these variables and no other', async () => {
    const { env } = process;
    const asked = new Set<string>();
    process.env = new Proxy(
      {},
      { get: (_target, name) => void asked.add(String(name)) },
    );
    try {
      kopokopoConfig();
    } finally {
      process.env = env;
    }
    // The store's own variable has its own spec: test/redis/kopokopo-redis-url.spec.ts.
    const known = [...VARIABLES.map(([name]) => name), 'KOPOKOPO_REDIS_URL'];
    expect(asked).toEqual(new Set(known));
  });

  it.each(VARIABLES)(
    '%s=%s reaches its option',
    async (name, value, option) => {
      expect(await read({ [name]: value })).toMatchObject(option);
    },
  );

  it('takes an empty variable for one that is not set', async () => {
    expect(await read({ KOPOKOPO_TIMEOUT: '' })).toMatchObject({
      timeout: undefined,
    });
  });

  it.each([
    ['KOPOKOPO_TIMEOUT', 'abc', 'must be a whole number, digits only.'],
    ['KOPOKOPO_TIMEOUT', '5s', 'must be a whole number, digits only.'],
    ['KOPOKOPO_TIMEOUT', '1e3', 'must be a whole number, digits only.'],
    ['KOPOKOPO_TIMEOUT', ' 5', 'must be a whole number, digits only.'],
    ['KOPOKOPO_TIMEOUT', '0x10', 'must be a whole number, digits only.'],
    ['KOPOKOPO_TIMEOUT', '-1', 'must be a whole number, digits only.'],
    ['KOPOKOPO_TOKEN_EARLY_WINDOW', '.5', 'must be a number such as 0.25.'],
    ['KOPOKOPO_TOKEN_EARLY_WINDOW', '25%', 'must be a number such as 0.25.'],
    ['KOPOKOPO_SHUTDOWN_REVOKE', 'yes', 'must be true or false.'],
    ['KOPOKOPO_SHUTDOWN_REVOKE', 'TRUE', 'must be true or false.'],
    [
      'KOPOKOPO_CLIENT_SECRETS',
      'needle,,other',
      'must be a comma-separated list without gaps.',
    ],
  ])('%s=%s is refused without being quoted', async (name, value, why) => {
    const error = (await failureOf(
      read({ [name]: value }),
    )) as KopoKopoConfigurationError;
    expect(error).toBeInstanceOf(KopoKopoConfigurationError);
    expect(error.messages).toEqual([`${name} ${why}`]);
    expect(error.message).not.toContain('needle');
  });

  it('refuses one secret and a list of them at once', async () => {
    const both = { KOPOKOPO_CLIENT_SECRET: 'a', KOPOKOPO_CLIENT_SECRETS: 'b' };
    expect((await failureOf(read(both))).message).toContain(
      'KOPOKOPO_CLIENT_SECRET and KOPOKOPO_CLIENT_SECRETS are both set; remove one of them.',
    );
  });
});

describe('forRootAsync(kopokopoConfig.asProvider()) is the whole set-up', () => {
  it('an app gets its token with nothing but variables', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    Object.assign(process.env, {
      KOPOKOPO_BASE_URL: sandbox.url,
      KOPOKOPO_CLIENT_ID: sandbox.clientId,
      KOPOKOPO_CLIENT_SECRETS: `old-secret,${sandbox.clientSecret}`,
      KOPOKOPO_TOKEN_PREFETCH: 'off',
    });
    const running = await app();
    const { value } = await running.get(TokenService).getToken();
    expect(sandbox.liveTokens).toEqual([value]);
    await running.close();
    expect(sandbox.liveTokens).toEqual([]);
  });

  it('KOPOKOPO_TIMEOUT=abc stops the boot', async () => {
    Object.assign(process.env, CREDENTIALS, { KOPOKOPO_TIMEOUT: 'abc' });
    expect((await failureOf(app())).message).toBe(
      'The environment is not set up:\n- KOPOKOPO_TIMEOUT must be a whole number, digits only.',
    );
  });

  it('an environment with nothing in it stops the boot, and every sentence says which variable to set', async () => {
    const { message } = await failureOf(app());
    expect(message).toContain('KOPOKOPO_CLIENT_ID');
    expect(message).toContain('KOPOKOPO_CLIENT_SECRET');
    expect(message).toContain('KOPOKOPO_ENVIRONMENT');
  });

  it('a number that can be read but not used stops the boot too', async () => {
    Object.assign(process.env, CREDENTIALS, { KOPOKOPO_TIMEOUT: '0' });
    expect((await failureOf(app())).message).toMatch(
      /- timeout must be a whole number of milliseconds/,
    );
  });
});
