import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
} from '@jest/globals';
import { Inject, Injectable, Module, Scope, type Type } from '@nestjs/common';
import { LazyModuleLoader, NestFactory, REQUEST } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import {
  KopoKopoConfigurationError,
  KopoKopoModule,
  type KopoKopoModuleAsyncOptions,
  type KopoKopoModuleOptions,
  TokenService,
} from '../../lib/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { boot, failureOf } from '../support/boot.js';

let sandbox: KopoKopoSandbox;
beforeAll(async () => {
  sandbox = await KopoKopoSandbox.start();
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.stop());

@Injectable({ scope: Scope.REQUEST })
class Tenant {}

@Module({ providers: [Tenant], exports: [Tenant] })
class TenantModule {}

@Injectable()
class OptionsOfTenant {
  constructor(@Inject(Tenant) readonly tenant: Tenant) {}

  createKopoKopoOptions(): KopoKopoModuleOptions {
    return sandbox.moduleOptions;
  }
}

@Module({
  imports: [TenantModule],
  providers: [OptionsOfTenant],
  exports: [OptionsOfTenant],
})
class OptionsModule {}

const REQUEST_SCOPED: [string, () => KopoKopoModuleAsyncOptions][] = [
  [
    'a factory that injects REQUEST',
    () => ({ inject: [REQUEST], useFactory: () => sandbox.moduleOptions }),
  ],
  [
    'a factory that injects a request-scoped provider',
    () => ({
      imports: [TenantModule],
      inject: [Tenant],
      useFactory: () => sandbox.moduleOptions,
    }),
  ],
  [
    'a class with a request-scoped dependency',
    () => ({ imports: [TenantModule], useClass: OptionsOfTenant }),
  ],
  [
    'an existing provider with a request-scoped dependency',
    () => ({ imports: [OptionsModule], useExisting: OptionsOfTenant }),
  ],
];

describe('options that are made anew for each request', () => {
  it.each(REQUEST_SCOPED)('are refused at boot: %s', async (_what, options) => {
    for (const extras of [{}, { name: 'b', isGlobal: true }]) {
      const module = KopoKopoModule.forRootAsync({ ...options(), ...extras });
      const error = await failureOf(boot(module));
      expect(error).toBeInstanceOf(KopoKopoConfigurationError);
      expect(error.message).toContain('request-scoped');
    }
    expect(sandbox.requests).toHaveLength(0);
  });

  it('are refused in a TestingModule when it is initialised', async () => {
    const [, options] = REQUEST_SCOPED[0]!;
    const module = KopoKopoModule.forRootAsync(options());
    const testing = await Test.createTestingModule({
      imports: [module],
    }).compile();
    const error = await failureOf(testing.init());
    expect(error).toBeInstanceOf(KopoKopoConfigurationError);
  });
});

describe('a module that is loaded lazily', () => {
  it.each([{}, { isGlobal: true }, { name: 'b' }])(
    'is refused, because no hook would revoke its token: %p',
    async (extras) => {
      const app = await boot({ module: class Empty {} });
      const error = await failureOf(
        app
          .get(LazyModuleLoader)
          .load(() =>
            KopoKopoModule.forRoot({ ...sandbox.moduleOptions, ...extras }),
          ),
      );
      expect(error).toBeInstanceOf(KopoKopoConfigurationError);
      expect(error.message).toContain('LazyModuleLoader');
      await app.close();
      expect(sandbox.requests).toHaveLength(0);
    },
  );

  it('is refused beside one that was loaded at boot', async () => {
    const app = await boot(KopoKopoModule.forRoot(sandbox.moduleOptions));
    const error = await failureOf(
      app
        .get(LazyModuleLoader)
        .load(() =>
          KopoKopoModule.forRoot({ ...sandbox.moduleOptions, name: 'b' }),
        ),
    );
    expect(error).toBeInstanceOf(KopoKopoConfigurationError);
    await app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });

  it('may use what a module exports that was loaded at boot', async () => {
    const app = await boot(
      KopoKopoModule.forRoot({ ...sandbox.moduleOptions, isGlobal: true }),
    );
    class Late {}
    const late = await app.get(LazyModuleLoader).load(() => ({
      module: Late as Type,
      providers: [
        {
          provide: 'expiry',
          inject: [TokenService],
          useFactory: async (tokens: TokenService) =>
            (await tokens.getToken()).expiresAt,
        },
      ],
    }));
    expect(late.get('expiry')).toBeInstanceOf(Date);
    await app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });
});

describe('a module that is loaded at boot', () => {
  it('is refused in none of the places where it may be imported', async () => {
    const options = () => KopoKopoModule.forRoot(sandbox.moduleOptions);
    const named = () =>
      KopoKopoModule.forRoot({ ...sandbox.moduleOptions, name: 'b' });
    class Feature {}
    class Deep {}
    const feature = {
      module: Feature,
      imports: [{ module: Deep, imports: [options()] }, named()],
    };
    const app = await NestFactory.createApplicationContext(feature, {
      logger: false,
    });
    await app.close();
    const testing = await Test.createTestingModule({
      imports: [options()],
    }).compile();
    await testing.init();
    await testing.close();
    expect(sandbox.liveTokens).toEqual([]);
  });
});
