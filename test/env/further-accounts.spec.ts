import { afterEach, describe, expect, it } from '@jest/globals';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { kopokopoConfig, kopokopoConfigOf } from '../../lib/env/index.js';
import {
  getTokenServiceToken,
  KopoKopoConfigurationError,
  KopoKopoModule,
  TokenService,
} from '../../lib/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { boot, failureOf, QUIET } from '../support/boot.js';

const BEFORE = { ...process.env };

afterEach(() => {
  for (const name of Object.keys(process.env)) {
    if (!(name in BEFORE)) delete process.env[name];
  }
});

const ACCOUNTS = ['main', 'shop-b'].map((name) => ({
  clientId: `client-of-${name}`,
  clientSecret: `secret-of-${name}`,
}));

describe('kopokopoConfigOf', () => {
  it('sets a second account up beside the first, each with its own variables', async () => {
    await using sandbox = await KopoKopoSandbox.start({
      applications: ACCOUNTS,
    });
    for (const [index, prefix] of ['', 'SHOP_B_'].entries()) {
      Object.assign(process.env, {
        [`${prefix}KOPOKOPO_BASE_URL`]: sandbox.url,
        [`${prefix}KOPOKOPO_CLIENT_ID`]: ACCOUNTS[index]!.clientId,
        [`${prefix}KOPOKOPO_CLIENT_SECRET`]: ACCOUNTS[index]!.clientSecret,
      });
    }
    const app = await boot([
      ConfigModule.forRoot({ ignoreEnvFile: true }),
      KopoKopoModule.forRootAsync(kopokopoConfig.asProvider()),
      KopoKopoModule.forRootAsync({
        name: 'shop-b',
        ...kopokopoConfigOf('shop-b').asProvider(),
      }),
    ]);
    const values = [];
    for (const name of [undefined, 'shop-b']) {
      const tokens = app.get<TokenService>(getTokenServiceToken(name));
      values.push((await tokens.getToken()).value);
    }
    expect(values).toEqual(
      ACCOUNTS.flatMap(({ clientId }) => sandbox.liveTokensOf(clientId)),
    );
    const config = app.get(ConfigService);
    expect(config.get('kopokopo_shop_b.clientId')).toBe('client-of-shop-b');
    expect(config.get('kopokopo.clientId')).toBe('client-of-main');
    await app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });

  it('gives one namespace however the prefix is written', () => {
    const config = kopokopoConfigOf('shop_b');
    expect(kopokopoConfigOf('SHOP_B')).toBe(config);
    expect(kopokopoConfigOf('shop-b')).toBe(config);
    expect(config.KEY).toBe('CONFIGURATION(kopokopo_shop_b)');
    expect(kopokopoConfigOf('b')).not.toBe(config);
  });

  it.each([
    '',
    'SHOP_B_',
    '_b',
    'shop b',
    'shop.b',
    '2nd',
    'shop__b',
    'kopokopo',
    'KOPOKOPO_B',
    'shöp',
    undefined,
    7,
  ])('refuses the prefix %j', (prefix) => {
    expect(() => kopokopoConfigOf(prefix as string)).toThrow(
      KopoKopoConfigurationError,
    );
  });

  it('a wrong variable of the second account is named, and none of the first', async () => {
    Object.assign(process.env, {
      SHOP_B_KOPOKOPO_CLIENT_SECRET: '"needle"',
      KOPOKOPO_CLIENT_SECRET: 'right',
    });
    const error = await failureOf((async () => kopokopoConfigOf('shop-b')())());
    expect((error as KopoKopoConfigurationError).messages).toEqual([
      'SHOP_B_KOPOKOPO_CLIENT_ID is missing; set it.',
      expect.stringMatching(/^SHOP_B_KOPOKOPO_CLIENT_SECRET has quotes/),
      'SHOP_B_KOPOKOPO_ENVIRONMENT is missing; set it to sandbox or production, or set SHOP_B_KOPOKOPO_BASE_URL.',
    ]);
    expect(error.message).not.toContain('needle');
  });

  it('the error of a second account whose options stand in code names no variable', async () => {
    const error = await failureOf(
      boot(
        KopoKopoModule.forRoot({
          ...QUIET,
          name: 'shop-b',
          environment: 'sandbox',
          clientId: 'id',
          clientSecret: '',
        }),
      ),
    );
    expect(error.message).toBe(
      'KopoKopoModule "shop-b" is not set up:\n- clientSecret is missing; set it (is an environment variable missing?).',
    );
  });
});
