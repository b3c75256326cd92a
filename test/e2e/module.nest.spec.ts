import { HttpModule, HttpService } from '@nestjs/axios';
import {
  Controller,
  type DynamicModule,
  Get,
  type INestApplicationContext,
  Injectable,
  Module,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  getTokenServiceToken,
  InjectTokenService,
  isKopoKopoError,
  KopoKopoConfigurationError,
  KopoKopoModule,
  type KopoKopoModuleOptions,
  type KopoKopoOptionsFactory,
  type KopoKopoPrefetch,
  KopoKopoServerError,
  TokenService,
} from '../../lib/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { HTTP_PLATFORMS, listen } from '../support/http-platforms.js';

let sandbox: KopoKopoSandbox;
let options: KopoKopoModuleOptions;

beforeEach(async () => {
  sandbox = await KopoKopoSandbox.start();
  options = { ...sandbox.moduleOptions, token: { prefetch: 'off' } };
});

afterEach(() => sandbox.stop());

@Controller()
class ShopController {
  constructor(private readonly tokens: TokenService) {}

  @Get('token')
  async token(): Promise<{ live: boolean }> {
    const { value } = await this.tokens.getToken();
    return { live: sandbox.liveTokens.includes(value) };
  }
}

function shop(kopokopo: DynamicModule): DynamicModule {
  @Module({ imports: [kopokopo], controllers: [ShopController] })
  class ShopModule {}
  return { module: ShopModule };
}

/** Boots a context with these imports, asks for a token and closes it again. */
async function tokenOf(
  imports: (DynamicModule | Type)[],
  token: string | symbol | Type = TokenService,
): Promise<string> {
  const app = await Test.createTestingModule({ imports }).compile();
  await app.init();
  const tokens = app.get<TokenService>(token, { strict: false });
  const { value } = await tokens.getToken();
  await app.close();
  return value;
}

describe.each(HTTP_PLATFORMS)('an app on $platform', ({ adapter }) => {
  it.each([
    { how: 'forRoot', set: () => KopoKopoModule.forRoot(options) },
    {
      how: 'forRootAsync',
      set: () => KopoKopoModule.forRootAsync({ useFactory: () => options }),
    },
  ])(
    'set up with $how hands its controllers the TokenService and gives the token back',
    async ({ set }) => {
      const app = await NestFactory.create(shop(set()), adapter(), {
        logger: false,
      });
      const url = await listen(app);

      const answers = await Promise.all(
        Array.from({ length: 5 }, () => fetch(`${url}/token`)),
      );
      for (const answer of answers) {
        expect(answer.status).toBe(200);
        expect(await answer.json()).toEqual({ live: true });
      }
      await app.close();

      expect(sandbox.counters).toMatchObject({ token: 1, revoke: 1 });
      expect(sandbox.liveTokens).toHaveLength(0);
    },
  );
});

describe('forRootAsync', () => {
  @Injectable()
  class ShopOptions implements KopoKopoOptionsFactory {
    async createKopoKopoOptions(): Promise<KopoKopoModuleOptions> {
      return options;
    }
  }

  @Module({ providers: [ShopOptions], exports: [ShopOptions] })
  class SettingsModule {}

  it('takes a useFactory with inject and imports', async () => {
    const kopokopo = KopoKopoModule.forRootAsync({
      imports: [SettingsModule],
      inject: [ShopOptions],
      useFactory: (settings: ShopOptions) => settings.createKopoKopoOptions(),
    });
    expect(await tokenOf([kopokopo])).toBe(sandbox.issuedTokens[0]);
  });

  it('takes a useClass', async () => {
    const kopokopo = KopoKopoModule.forRootAsync({ useClass: ShopOptions });
    expect(await tokenOf([kopokopo])).toBe(sandbox.issuedTokens[0]);
  });

  it('takes a useExisting', async () => {
    const kopokopo = KopoKopoModule.forRootAsync({
      imports: [SettingsModule],
      useExisting: ShopOptions,
    });
    expect(await tokenOf([kopokopo])).toBe(sandbox.issuedTokens[0]);
  });
});

describe('isGlobal', () => {
  @Injectable()
  class Till {
    constructor(readonly tokens: TokenService) {}
  }

  @Module({ providers: [Till] })
  class TillModule {}

  it('makes the TokenService visible in modules that do not import it', async () => {
    const kopokopo = KopoKopoModule.forRoot({ ...options, isGlobal: true });
    const app = await Test.createTestingModule({
      imports: [kopokopo, TillModule],
    }).compile();
    const { tokens } = app.get(Till, { strict: false });
    expect(tokens).toBe(app.get(TokenService, { strict: false }));
  });

  it('left out keeps it to the modules that do', async () => {
    const kopokopo = KopoKopoModule.forRoot(options);
    const boot = Test.createTestingModule({
      imports: [kopokopo, TillModule],
    }).compile();
    await expect(boot).rejects.toThrow(
      /can't resolve dependencies of the Till/,
    );
  });
});

describe('token.prefetch', () => {
  function boot(prefetch?: KopoKopoPrefetch): Promise<INestApplicationContext> {
    const token = { prefetch, mintAttempts: 1 };
    return NestFactory.createApplicationContext(
      KopoKopoModule.forRoot({ ...options, token }),
      { logger: false, abortOnError: false },
    );
  }

  it("'off' asks for nothing before somebody does", async () => {
    const app = await boot('off');
    await app.close();
    expect(sandbox.counters.connections).toBe(0);
  });

  it('left out asks behind the boot and does not hold it up', async () => {
    sandbox.failNext('token', { kind: 'hang' });
    const app = await boot();
    await sandbox.waitForRequest('token');
    expect(app.get(TokenService).peekToken()).toBeUndefined();

    sandbox.release();
    const token = await app.get(TokenService).getToken();
    expect(sandbox.issuedTokens).toEqual([token.value]);
    await app.close();
  });

  it("'background' boots the app though no token comes", async () => {
    sandbox.failAlways('token', { kind: 'status', status: 500 });
    const app = await boot('background');
    await expect(app.get(TokenService).getToken()).rejects.toThrow(
      KopoKopoServerError,
    );
    await app.close();
    expect(sandbox.counters).toMatchObject({ token: 1, revoke: 0 });
  });

  it("'required' holds the token when the app is there, or fails the boot", async () => {
    const app = await boot('required');
    expect(app.get(TokenService).peekToken()).toBeDefined();
    await app.close();

    sandbox.failAlways('token', { kind: 'status', status: 500 });
    await expect(boot('required')).rejects.toThrow(KopoKopoServerError);
  });
});

describe('several accounts in one app', () => {
  const accounts = ['main', 'shop-a', 'shop-b'].map((clientId) => ({
    clientId,
    clientSecret: `secret-of-${clientId}`,
  }));

  @Injectable()
  class Shops {
    constructor(
      readonly main: TokenService,
      @InjectTokenService('shop-a') readonly a: TokenService,
      @InjectTokenService('shop-b') readonly b: TokenService,
    ) {}
  }

  function account(index: number): KopoKopoModuleOptions {
    return { baseUrl: sandbox.url, ...accounts[index]! };
  }

  beforeEach(async () => {
    await sandbox.stop();
    sandbox = await KopoKopoSandbox.start({ applications: accounts });
  });

  it('have their own credentials, token and revocation', async () => {
    const app = await Test.createTestingModule({
      imports: [
        KopoKopoModule.forRoot(account(0)),
        KopoKopoModule.forRoot({ ...account(1), name: 'shop-a' }),
        KopoKopoModule.forRootAsync({
          name: 'shop-b',
          useFactory: () => account(2),
        }),
      ],
      providers: [Shops],
    }).compile();
    await app.init();
    const { main, a, b } = app.get(Shops);

    const values = [main, a, b].map(async (tokens) => [
      (await tokens.getToken()).value,
    ]);
    expect(await Promise.all(values)).toEqual(
      accounts.map(({ clientId }) => sandbox.liveTokensOf(clientId)),
    );
    expect(new Set(sandbox.issuedTokens).size).toBe(3);

    await a.revokeToken();
    expect(sandbox.liveTokensOf('shop-a')).toHaveLength(0);
    expect(sandbox.liveTokens).toHaveLength(2);
    expect(b.peekToken()).toBeDefined();

    await app.close();
    expect(sandbox.liveTokens).toHaveLength(0);
    expect(sandbox.counters.revoke).toBe(3);
  });

  it('are found by getTokenServiceToken', async () => {
    const kopokopo = KopoKopoModule.forRoot({ ...account(2), name: 'shop-b' });
    const token = getTokenServiceToken('shop-b') as string;
    await tokenOf([kopokopo], token);
    expect(sandbox.requests[0]?.clientId).toBe('shop-b');
  });

  it.each([undefined, 'shop-a'])(
    'may not share the name %p: the boot stops',
    async (name) => {
      const imports = [0, 1].map((index) =>
        KopoKopoModule.forRoot({ ...account(index), name }),
      );
      const boot = Test.createTestingModule({ imports }).compile();
      await expect(boot).rejects.toThrow(KopoKopoConfigurationError);
      await expect(boot).rejects.toThrow(
        name === undefined ? /twice without a name/ : /twice .* "shop-a"/,
      );
    },
  );
});

describe('a wrong option', () => {
  const SECRET = 'needle-in-the-haystack';

  it.each([
    {
      how: 'forRoot',
      set: (wrong: KopoKopoModuleOptions) => KopoKopoModule.forRoot(wrong),
    },
    {
      how: 'forRootAsync',
      set: (wrong: KopoKopoModuleOptions) =>
        KopoKopoModule.forRootAsync({ useFactory: async () => wrong }),
    },
  ])(
    'stops the boot of an app set up with $how, and no secret is said',
    async ({ set }) => {
      const wrong = { ...options, clientSecret: SECRET, timeout: -1 };
      const boot = NestFactory.create(shop(set(wrong)), {
        logger: false,
        abortOnError: false,
      });
      const error: unknown = await boot.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(KopoKopoConfigurationError);
      expect(error).toHaveProperty('message', expect.stringMatching(/timeout/));
      expect(String(error)).not.toContain(SECRET);
      expect(sandbox.counters.connections).toBe(0);
    },
  );
});

describe("the app's own HttpService", () => {
  @Injectable()
  class Couriers {
    constructor(readonly http: HttpService) {}
  }

  it('is not touched', async () => {
    const app = await Test.createTestingModule({
      imports: [HttpModule, KopoKopoModule.forRoot(options)],
      providers: [Couriers],
    }).compile();
    await app.init();
    const { axiosRef } = app.get(Couriers).http;
    expect(axiosRef.defaults.baseURL).toBeUndefined();

    const failure: unknown = await axiosRef
      .get(`${sandbox.url}/nowhere`)
      .catch((reason: unknown) => reason);
    expect(failure).toHaveProperty('response.status', 404);
    expect(isKopoKopoError(failure)).toBe(false);
    const [request] = sandbox.requests;
    expect(request?.headers['user-agent']).toMatch(/^axios/);
    await app.close();
  });
});
