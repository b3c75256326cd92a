import { afterEach, describe, expect, it } from '@jest/globals';
import { kopokopoConfig, kopokopoConfigOf } from '../../lib/env/index.js';
import { boot, LogBook } from '../support/boot.js';

const BEFORE = { ...process.env };

afterEach(() => {
  for (const name of Object.keys(process.env)) {
    if (!(name in BEFORE)) delete process.env[name];
  }
});

/** What the log of an app says when its configuration is read with these variables. */
async function warningsOf(
  variables: Record<string, string>,
  config: () => unknown = kopokopoConfig,
): Promise<string[]> {
  Object.assign(process.env, variables);
  const log = new LogBook();
  const app = await boot(
    {
      module: class ConfigReader {},
      providers: [{ provide: 'config', useFactory: () => void config() }],
    },
    log,
  );
  await app.close();
  return log.of('warn');
}

describe('A variable that is not read', () => {
  it.each([
    ['KOPOKOPO_CLIENTSECRET', 'KOPOKOPO_CLIENT_SECRET'],
    ['KOPOKOPO_SHUTDOWN_REVOK', 'KOPOKOPO_SHUTDOWN_REVOKE'],
    ['KOPOKOPO_ENV', 'KOPOKOPO_ENVIRONMENT'],
    ['KOPOKOPO_SECRET', 'KOPOKOPO_CLIENT_SECRET'],
    ['KOPOKOPO_URL', 'KOPOKOPO_BASE_URL'],
    ['KOPOKOPO_ID', 'KOPOKOPO_CLIENT_ID'],
    ['KOPOKOPO_CLIENTID', 'KOPOKOPO_CLIENT_ID'],
    ['kopokopo_client_id', 'KOPOKOPO_CLIENT_ID'],
    ['KOPOKOPO_TIMEOUT_', 'KOPOKOPO_TIMEOUT'],
  ])(
    '%s is named in a warning with %s, and its value is not',
    async (name, meant) => {
      const warnings = await warningsOf({ [name]: 'needle' });
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain(`- ${name}: is ${meant} meant?`);
      expect(warnings[0]).toMatch(/ KopoKopo\w*$/);
      expect(warnings[0]).not.toContain('needle');
    },
  );

  it.each(['KOPOKOPO_FAVOURITE_COLOUR', 'KOPOKOPO_', 'KOPOKOPO_A'])(
    'that resembles none, as %s, is named alone',
    async (name) => {
      const [warning] = await warningsOf({ [name]: 'red' });
      expect(warning).toContain(`- ${name} KopoKopo`);
    },
  );

  it('is named once, and together with the others', async () => {
    const variables = { KOPOKOPO_TIMEUOT: '1', KOPOKOPO_TOKEN_BAET: '1' };
    const warnings = await warningsOf(variables);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(
      '- KOPOKOPO_TIMEUOT: is KOPOKOPO_TIMEOUT meant?',
    );
    expect(warnings[0]).toContain(
      '- KOPOKOPO_TOKEN_BAET: is KOPOKOPO_TOKEN_BEAT meant?',
    );
    expect(await warningsOf(variables)).toEqual([]);
  });

  it('and is no typing error gives no warning: one that is right, that is another account’s, the shop’s own, or that Kubernetes sets for a service named kopokopo', async () => {
    expect(
      await warningsOf({
        KOPOKOPO_TIMEOUT: '5000',
        SHOP_B_KOPOKOPO_TIMEOUT: '5000',
        SHOP_TILL_NUMBER: 'K1',
        KOPOKOPO_SERVICE_HOST: '10.0.0.1',
        KOPOKOPO_SERVICE_PORT_HTTP: '80',
        KOPOKOPO_PORT: 'tcp://10.0.0.1:80',
        KOPOKOPO_PORT_80_TCP_ADDR: '10.0.0.1',
        KOPOKOPO_HOOKS_SERVICE_PORT: '80',
      }),
    ).toEqual([]);
  });

  it('of a further account is named with its own prefix', async () => {
    const [warning] = await warningsOf(
      { SHOP_C_KOPOKOPO_CLIENTSECRET: 'x' },
      kopokopoConfigOf('shop-c'),
    );
    expect(warning).toContain(
      '- SHOP_C_KOPOKOPO_CLIENTSECRET: is SHOP_C_KOPOKOPO_CLIENT_SECRET meant?',
    );
  });
});
