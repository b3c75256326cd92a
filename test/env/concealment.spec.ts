import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Inject, Injectable } from '@nestjs/common';
import { ConfigModule, ConfigService, type ConfigType } from '@nestjs/config';
import { inspect } from 'node:util';
import { kopokopoConfig } from '../../lib/env/index.js';
import { KopoKopoModule, TokenService } from '../../lib/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { boot } from '../support/boot.js';

const API_KEY = 'needle-of-api-key';
const BEFORE = { ...process.env };

type Config = ConfigType<typeof kopokopoConfig>;

@Injectable()
class Reader {
  constructor(@Inject(kopokopoConfig.KEY) readonly config: Config) {}
}

describe('Options from the environment', () => {
  let sandbox: KopoKopoSandbox;
  beforeEach(async () => {
    sandbox = await KopoKopoSandbox.start();
    Object.assign(process.env, {
      KOPOKOPO_BASE_URL: sandbox.url,
      KOPOKOPO_CLIENT_ID: sandbox.clientId,
      KOPOKOPO_CLIENT_SECRET: sandbox.clientSecret,
      KOPOKOPO_API_KEY: API_KEY,
      KOPOKOPO_TOKEN_PREFETCH: 'off',
    });
  });
  afterEach(async () => {
    for (const name of Object.keys(process.env)) {
      if (!(name in BEFORE)) delete process.env[name];
    }
    await sandbox.stop();
  });

  const app = () =>
    boot({
      module: class Shop {},
      imports: [
        ConfigModule.forRoot({ load: [kopokopoConfig], ignoreEnvFile: true }),
        KopoKopoModule.forRootAsync({
          imports: [ConfigModule.forFeature(kopokopoConfig)],
          inject: [kopokopoConfig.KEY],
          useFactory: (config: Config) => ({ ...config, timeout: 1_000 }),
        }),
      ],
      providers: [Reader],
    });

  const deep = { depth: 20, showHidden: true };
  const hides = (...texts: string[]) => {
    for (const text of texts) {
      expect(text).not.toContain(sandbox.clientSecret);
      expect(text).not.toContain(API_KEY);
    }
  };

  it('print without their secrets wherever ConfigModule keeps them, and hold them all the same', async () => {
    const running = await app();
    const service = running.get(ConfigService);
    const config = (await running.get(Reader).config) as object;

    hides(
      inspect(service, { depth: 5 }),
      inspect(service, deep),
      JSON.stringify(service),
      inspect(config, deep),
      JSON.stringify({ config }),
      inspect(running.get(Reader), deep),
    );
    expect(inspect(service, deep)).toContain("clientSecret: '[redacted]'");
    expect(service.get('kopokopo.clientSecret')).toBe(sandbox.clientSecret);
    expect(service.get('kopokopo.apiKey')).toBe(API_KEY);
    await running.close();
  });

  it('print so as a spread, too, which has the secrets', async () => {
    const running = await app();
    const spread = { ...(await running.get(Reader).config), timeout: 1 };

    hides(inspect(spread, deep), inspect({ deeper: [spread] }, deep));
    expect(spread.clientSecret).toBe(sandbox.clientSecret);
    expect((await running.get(TokenService).getToken()).isExpired()).toBe(
      false,
    );
    await running.close();
  });

  it('say that a secret which is not set is not there', async () => {
    delete process.env.KOPOKOPO_CLIENT_SECRET;
    const config = await kopokopoConfig();
    expect(inspect(config)).toContain('clientSecret: undefined');
  });
});
