import { describe, expect, it } from '@jest/globals';
import { HttpModule, HttpService } from '@nestjs/axios';
import { Inject, Injectable, Module } from '@nestjs/common';
import {
  getTokenServiceToken,
  InjectTokenService,
  KopoKopoConfigurationError,
  KopoKopoModule,
  type KopoKopoModuleOptions,
  type KopoKopoOptionsFactory,
  TokenService,
} from '../../lib/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { boot, failureOf, QUIET } from '../support/boot.js';

const SANDBOX = Symbol('sandbox');

@Injectable()
class Factory implements KopoKopoOptionsFactory {
  static made = 0;

  constructor(@Inject(SANDBOX) private readonly sandbox: KopoKopoSandbox) {}

  async createKopoKopoOptions(): Promise<KopoKopoModuleOptions> {
    Factory.made += 1;
    return { ...this.sandbox.moduleOptions, ...QUIET };
  }
}

/** A module of the app that has what the options are made of. */
function settings(sandbox: KopoKopoSandbox) {
  @Module({
    providers: [{ provide: SANDBOX, useValue: sandbox }, Factory],
    exports: [SANDBOX, Factory],
  })
  class SettingsModule {}
  return SettingsModule;
}

describe('KopoKopoModule', () => {
  it('imported without options, alone or in a feature module, says where they belong', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const whole = KopoKopoModule.forRoot({
      ...sandbox.moduleOptions,
      ...QUIET,
      isGlobal: true,
    });
    for (const imports of [[KopoKopoModule], [whole, KopoKopoModule]]) {
      const error = await failureOf(boot(imports));
      expect(error).toBeInstanceOf(KopoKopoConfigurationError);
      expect(error.message).toContain(
        'KopoKopoModule is imported without options',
      );
    }
  });
});

describe('forRootAsync takes', () => {
  it('useFactory with inject and imports', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const app = await boot(
      KopoKopoModule.forRootAsync({
        imports: [settings(sandbox)],
        inject: [SANDBOX],
        useFactory: (found: KopoKopoSandbox) => ({
          ...found.moduleOptions,
          ...QUIET,
        }),
      }),
    );
    await app.get(TokenService).getToken();
    expect(sandbox.counters.token).toBe(1);
    await app.close();
  });

  it('useClass, which is made once and asked once', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    Factory.made = 0;
    const app = await boot(
      KopoKopoModule.forRootAsync({
        imports: [settings(sandbox)],
        useClass: Factory,
      }),
    );
    await app.get(TokenService).getToken();
    expect(sandbox.counters.token).toBe(1);
    expect(Factory.made).toBe(1);
    await app.close();
  });

  it('useExisting', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const app = await boot(
      KopoKopoModule.forRootAsync({
        imports: [settings(sandbox)],
        useExisting: Factory,
      }),
    );
    await app.get(TokenService).getToken();
    expect(sandbox.counters.token).toBe(1);
    await app.close();
  });

  it('and says so when the factory gives nothing', async () => {
    const error = await failureOf(
      boot(
        KopoKopoModule.forRootAsync({
          useFactory: () => undefined as unknown as KopoKopoModuleOptions,
        }),
      ),
    );
    expect(error).toBeInstanceOf(KopoKopoConfigurationError);
    expect(error.message).toContain('the factory returned none');
  });
});

@Injectable()
class Caller {
  constructor(readonly tokens: TokenService) {}
}

@Module({ providers: [Caller] })
class FeatureModule {}

describe('isGlobal', () => {
  it('lets every module inject TokenService without an import', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const app = await boot([
      KopoKopoModule.forRoot({
        ...sandbox.moduleOptions,
        ...QUIET,
        isGlobal: true,
      }),
      FeatureModule,
    ]);
    const { tokens } = app.select(FeatureModule).get(Caller);
    expect(tokens).toBe(app.get(TokenService));
    await app.close();
  });

  it('is off by default: a module that did not import it has no TokenService', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const error = await failureOf(
      boot([
        KopoKopoModule.forRoot({ ...sandbox.moduleOptions, ...QUIET }),
        FeatureModule,
      ]),
    );
    expect(error.message).toContain('TokenService');
  });
});

@Injectable()
class Shops {
  constructor(
    readonly main: TokenService,
    @InjectTokenService('shop-a') readonly a: TokenService,
    @InjectTokenService('shop-b') readonly b: TokenService,
  ) {}
}

describe('named instances stand side by side', () => {
  const applications = ['main', 'shop-a', 'shop-b'].map((name) => ({
    clientId: `client-of-${name}`,
    clientSecret: `secret-of-${name}`,
  }));

  async function threeShops(baseUrl: string) {
    const [main, a, b] = applications;
    const app = await boot({
      module: class ShopsModule {},
      imports: [
        KopoKopoModule.forRoot({ baseUrl, ...main, ...QUIET }),
        KopoKopoModule.forRoot({ baseUrl, ...a, ...QUIET, name: 'shop-a' }),
        KopoKopoModule.forRootAsync({
          name: 'shop-b',
          useFactory: () => ({ baseUrl, ...b, ...QUIET }),
        }),
      ],
      providers: [Shops],
    });
    return { app, shops: app.get(Shops) };
  }

  it('each with its own credentials, token and revocation', async () => {
    await using sandbox = await KopoKopoSandbox.start({ applications });
    const { app, shops } = await threeShops(sandbox.url);
    const [main, a, b] = await Promise.all(
      [shops.main, shops.a, shops.b].map((tokens) => tokens.getToken()),
    );
    for (const [token, { clientId }] of [
      [main, applications[0]],
      [a, applications[1]],
      [b, applications[2]],
    ] as const) {
      expect(sandbox.liveTokensOf(clientId)).toEqual([token.value]);
    }
    expect(app.get(getTokenServiceToken('shop-b'))).toBe(shops.b);
    expect(app.get(getTokenServiceToken())).toBe(shops.main);

    await shops.a.revokeToken();
    expect(sandbox.liveTokens.toSorted()).toEqual(
      [main.value, b.value].toSorted(),
    );
    expect(shops.b.peekToken()).toBe(b);

    await app.close();
    expect(sandbox.liveTokens).toEqual([]);
    expect(sandbox.counters.revoke).toBe(3);
  });

  it('one that is refused leaves the others at work', async () => {
    await using sandbox = await KopoKopoSandbox.start({ applications });
    sandbox.rotateSecret('client-of-shop-a', 'another');
    const { app, shops } = await threeShops(sandbox.url);
    const error = await failureOf(shops.a.getToken());
    expect(error).toMatchObject({ code: 'KOPOKOPO_AUTHENTICATION' });
    expect((await shops.b.getToken()).isExpired()).toBe(false);
    await app.close();
  });

  it('a name used twice is refused at boot, and so is no name used twice', async () => {
    const [options] = applications.map((credentials) => ({
      environment: 'sandbox' as const,
      ...credentials,
      ...QUIET,
    }));
    const named = await failureOf(
      boot([
        KopoKopoModule.forRoot({ ...options, name: 'shop-a' }),
        KopoKopoModule.forRoot({ ...options, name: 'shop-a' }),
      ]),
    );
    expect(named).toBeInstanceOf(KopoKopoConfigurationError);
    expect(named.message).toContain('twice with the name "shop-a"');
    const unnamed = await failureOf(
      boot([KopoKopoModule.forRoot(options), KopoKopoModule.forRoot(options)]),
    );
    expect(unnamed).toBeInstanceOf(KopoKopoConfigurationError);
    expect(unnamed.message).toContain('twice without a name');
  });
});

@Injectable()
class Browser {
  constructor(readonly http: HttpService) {}
}

describe("the app's own HttpService", () => {
  it('has no interceptor, no base URL and no header of ours', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const app = await boot({
      module: class OwnHttpModule {},
      imports: [
        HttpModule,
        KopoKopoModule.forRoot({ ...sandbox.moduleOptions, ...QUIET }),
      ],
      providers: [Browser],
    });
    await app.get(TokenService).getToken();
    const { axiosRef } = app.get(Browser).http;
    const { defaults, interceptors } = axiosRef;
    let ours = 0;
    for (const manager of [interceptors.request, interceptors.response]) {
      (manager as unknown as { forEach(seen: () => void): void }).forEach(
        () => (ours += 1),
      );
    }
    expect(ours).toBe(0);
    expect(defaults.baseURL).toBeUndefined();
    expect(defaults.maxRedirects).toBeUndefined();
    expect(JSON.stringify(defaults.headers)).not.toContain('nestjs-kopokopo');

    const answer = await axiosRef.get(`${sandbox.url}/nowhere`, {
      validateStatus: () => true,
      headers: { 'User-Agent': 'shop/1' },
    });
    expect(answer.status).toBe(404);
    const failure = await failureOf(axiosRef.get(`${sandbox.url}/nowhere`));
    expect(failure).not.toMatchObject({ code: 'KOPOKOPO_NOT_FOUND' });
    await app.close();
  });
});
