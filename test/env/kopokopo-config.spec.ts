import { afterEach, describe, expect, it } from '@jest/globals';
import { ConfigModule, type ConfigType } from '@nestjs/config';
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

async function refusalOf(
  environment: Record<string, string>,
): Promise<KopoKopoConfigurationError> {
  const error = await failureOf(read(environment));
  expect(error).toBeInstanceOf(KopoKopoConfigurationError);
  return error as KopoKopoConfigurationError;
}

const MILLISECONDS =
  'must be a whole number of milliseconds from 1 to 2147483647.';
const SHARE = 'must be a number from 0.05 to 0.9.';
const CHOICE = 'must be one of sandbox, production.';

const VARIABLES: [string, string, Record<string, unknown>][] = [
  ['KOPOKOPO_ENVIRONMENT', 'production', { environment: 'production' }],
  ['KOPOKOPO_BASE_URL', 'https://k.example', { baseUrl: 'https://k.example' }],
  ['KOPOKOPO_CLIENT_ID', 'id', { clientId: 'id' }],
  ['KOPOKOPO_CLIENT_SECRET', 'one,two', { clientSecret: 'one,two' }],
  ['KOPOKOPO_CLIENT_SECRETS', 'one, two', { clientSecret: ['one', 'two'] }],
  ['KOPOKOPO_API_KEY', 'key', { apiKey: 'key' }],
  ['KOPOKOPO_API_VERSION', 'v1', { apiVersion: 'v1' }],
  ['KOPOKOPO_JOURNAL', 'best-effort', { journal: 'best-effort' }],
  ['KOPOKOPO_WEBHOOKS_PATH', '/hooks', { webhooks: { path: '/hooks' } }],
  [
    'KOPOKOPO_WEBHOOKS_PUBLIC_URL',
    'https://shop.example',
    { webhooks: { publicUrl: 'https://shop.example' } },
  ],
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
    const known = [
      ...VARIABLES.map(([name]) => name),
      'KOPOKOPO_QUEUE_REDIS_URL',
      'KOPOKOPO_REDIS_URL',
    ];
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
    ['KOPOKOPO_TIMEOUT', 'abc', MILLISECONDS],
    ['KOPOKOPO_TIMEOUT', '5s', MILLISECONDS],
    ['KOPOKOPO_TIMEOUT', '1e3', MILLISECONDS],
    ['KOPOKOPO_TIMEOUT', '0x10', MILLISECONDS],
    ['KOPOKOPO_TIMEOUT', '-1', MILLISECONDS],
    ['KOPOKOPO_TIMEOUT', '0', MILLISECONDS],
    ['KOPOKOPO_TOKEN_EARLY_WINDOW', '.5', SHARE],
    ['KOPOKOPO_TOKEN_EARLY_WINDOW', '25%', SHARE],
    ['KOPOKOPO_SHUTDOWN_REVOKE', 'yes', 'must be true or false.'],
    ['KOPOKOPO_SHUTDOWN_REVOKE', 'TRUE', 'must be true or false.'],
    ['KOPOKOPO_ENVIRONMENT', 'needle', CHOICE],
    [
      'KOPOKOPO_ENVIRONMENT',
      'Sandbox',
      `${CHOICE.slice(0, -1)}; it is "Sandbox".`,
    ],
  ])(
    '%s=%s is refused without a secret being quoted',
    async (name, value, why) => {
      const error = await refusalOf({ ...CREDENTIALS, [name]: value });
      expect(error.messages).toEqual([`${name} ${why}`]);
      expect(error.message).not.toContain('needle');
    },
  );

  it('KOPOKOPO_CLIENT_SECRETS with a gap is refused without being quoted', async () => {
    const { KOPOKOPO_CLIENT_SECRET: _one, ...rest } = CREDENTIALS;
    const secrets = { KOPOKOPO_CLIENT_SECRETS: 'needle,,other' };
    const error = await refusalOf({ ...rest, ...secrets });
    expect(error.messages).toEqual([
      'KOPOKOPO_CLIENT_SECRETS has an empty entry; remove it.',
    ]);
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

  it('everything that is wrong or missing in the environment stands in one list', async () => {
    Object.assign(process.env, {
      KOPOKOPO_ENVIRONMENT: 'sandbox',
      KOPOKOPO_BASE_URL: 'https://app.kopokopo.com',
      KOPOKOPO_CLIENT_SECRET: '"needle"',
      KOPOKOPO_TIMEOUT: 'abc',
      KOPOKOPO_TOKEN_BEAT: '10000',
      KOPOKOPO_TOKEN_LAPSE: '19999',
      KOPOKOPO_SHUTDOWN_REVOKE: 'no',
      KOPOKOPO_REDIS_URL: 'cache:6379',
    });
    const { message } = await failureOf(app());
    expect(message.split('\n')).toEqual([
      'The environment is not set up:',
      expect.stringMatching(/^- KOPOKOPO_BASE_URL leads to the dashboard/),
      '- KOPOKOPO_CLIENT_ID is missing; set it.',
      '- KOPOKOPO_CLIENT_SECRET has quotes around it; remove them (docker --env-file keeps quotes).',
      `- KOPOKOPO_TIMEOUT ${MILLISECONDS}`,
      '- KOPOKOPO_SHUTDOWN_REVOKE must be true or false.',
      '- KOPOKOPO_TOKEN_LAPSE must be at least twice KOPOKOPO_TOKEN_BEAT; change one of them.',
      '- KOPOKOPO_ENVIRONMENT and KOPOKOPO_BASE_URL are both set; remove one of them.',
      expect.stringMatching(/^- KOPOKOPO_REDIS_URL must be a URL/),
    ]);
  });

  it('an environment with nothing in it stops the boot, and every sentence says which variable to set', async () => {
    expect((await failureOf(app())).message.split('\n')).toEqual([
      'KopoKopoModule is not set up:',
      '- KOPOKOPO_CLIENT_ID is missing; set it.',
      '- KOPOKOPO_CLIENT_SECRET is missing; set it.',
      '- KOPOKOPO_ENVIRONMENT is missing; set it to sandbox or production, or set KOPOKOPO_BASE_URL.',
    ]);
  });
});

describe('A sentence names the giver of an option', () => {
  const changed = (changes: object) =>
    boot([
      KopoKopoModule.forRootAsync({
        imports: [ConfigModule.forFeature(kopokopoConfig)],
        inject: [kopokopoConfig.KEY],
        useFactory: (config: ConfigType<typeof kopokopoConfig>) => ({
          ...config,
          ...changes,
        }),
      }),
    ]);

  it('by its path where code has put another value in its place, and by its variable elsewhere', async () => {
    const error = await failureOf(
      changed({ clientSecret: ' needle', timeout: 0 }),
    );
    expect((error as KopoKopoConfigurationError).messages).toEqual([
      'KOPOKOPO_CLIENT_ID is missing; set it.',
      'clientSecret has white space around it; remove it.',
      `timeout ${MILLISECONDS}`,
      'KOPOKOPO_ENVIRONMENT is missing; set it to sandbox or production, or set KOPOKOPO_BASE_URL.',
    ]);
  });

  it('and code may give what the environment does not', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const running = await changed(sandbox.moduleOptions);
    expect((await running.get(TokenService).getToken()).isExpired()).toBe(
      false,
    );
    await running.close();
  });
});

describe('What does not belong to a variable is named with what to do, and no secret is shown:', () => {
  const QUOTES =
    'has quotes around it; remove them (docker --env-file keeps quotes).';
  const RETURN = 'has a carriage return at its end; remove it';

  it.each([
    ['CLIENT_SECRET', '"needle"', QUOTES],
    ['CLIENT_SECRET', "'needle'", QUOTES],
    ['CLIENT_SECRET', '`needle`', QUOTES],
    ['CLIENT_SECRET', '“needle”', QUOTES],
    ['CLIENT_SECRET', '""', QUOTES],
    ['CLIENT_SECRET', 'needle\r', `${RETURN}.`],
    ['CLIENT_SECRET', 'needle\r\n', `${RETURN}.`],
    ['CLIENT_SECRET', ' needle', 'has white space around it; remove it.'],
    ['CLIENT_SECRET', 'needle\n', 'has white space around it; remove it.'],
    [
      'CLIENT_SECRET',
      ' ',
      'holds nothing that can be seen; remove it, or set it.',
    ],
    [
      'CLIENT_SECRET',
      '\uFEFF',
      'holds nothing that can be seen; remove it, or set it.',
    ],
    [
      'CLIENT_SECRET',
      '\uFEFFneedle',
      'has the invisible character U+FEFF in it; remove it.',
    ],
    [
      'CLIENT_SECRET',
      'nee\u200Bdle',
      'has the invisible character U+200B in it; remove it.',
    ],
    [
      'CLIENT_SECRET',
      'needle\u00A0',
      'has the invisible character U+00A0 in it; remove it.',
    ],
    [
      'CLIENT_SECRET',
      '"needle"\r',
      'has quotes around it and a carriage return at its end; remove them (docker --env-file keeps quotes).',
    ],
    ['CLIENT_ID', '"id"', QUOTES],
    ['API_KEY', 'needle\r', `${RETURN}.`],
    ['ENVIRONMENT', 'sandbox\r', `${RETURN}; it is "sandbox\\r".`],
    [
      'ENVIRONMENT',
      'sand\u200Bbox',
      'has the invisible character U+200B in it; remove it; it is "sand\\u200bbox".',
    ],
    ['TOKEN_PREFETCH', 'off\r', `${RETURN}; it is "off\\r".`],
    ['API_VERSION', '"v2"', QUOTES],
    ['USER_AGENT', "'shop/1'", QUOTES],
    ['TIMEOUT', '"5000"', QUOTES],
    ['TIMEOUT', ' 5000', 'has white space around it; remove it.'],
    ['TOKEN_MINT_ATTEMPTS', '3\r', `${RETURN}.`],
    ['TOKEN_EARLY_WINDOW', '0.5\r', `${RETURN}.`],
    ['SHUTDOWN_REVOKE', '"false"', QUOTES],
    ['SHUTDOWN_REVOKE', 'false\r', `${RETURN}.`],
    ['REDIS_URL', '"redis://:needle@cache:6379"', QUOTES],
    ['REDIS_URL', 'redis://:needle@cache:6379\r', `${RETURN}.`],
    ['QUEUE_REDIS_URL', 'redis://:needle@queue:6379\r', `${RETURN}.`],
  ])('KOPOKOPO_%s=%j', async (name, value, why) => {
    const variable = `KOPOKOPO_${name}`;
    const error = await refusalOf({ ...CREDENTIALS, [variable]: value });
    expect(error.messages).toEqual([`${variable} ${why}`]);
    expect(error.message).not.toContain('needle');
  });

  it.each([
    ['one,two\r', `has an entry that ${RETURN}.`],
    ['one,"needle"', `has an entry that ${QUOTES}`],
  ])('an entry of the list KOPOKOPO_CLIENT_SECRETS=%j', async (value, why) => {
    const error = await refusalOf({
      KOPOKOPO_ENVIRONMENT: 'sandbox',
      KOPOKOPO_CLIENT_ID: 'id',
      KOPOKOPO_CLIENT_SECRETS: value,
    });
    expect(error.messages).toEqual([`KOPOKOPO_CLIENT_SECRETS ${why}`]);
    expect(error.message).not.toContain('needle');
  });
});
