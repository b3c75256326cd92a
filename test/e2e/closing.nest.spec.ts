import {
  type DynamicModule,
  type INestApplicationContext,
  Injectable,
  Module,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  getKopoKopoHttpServiceToken,
  type KopoKopoError,
  KopoKopoHttpService,
  KopoKopoModule,
  type KopoKopoModuleOptions,
  KopoKopoShutdownError,
  TokenService,
} from '../../lib/index.js';
import { KopoKopoSandbox, type SandboxFault } from '../../lib/testing/index.js';
import { TokenLifecycle } from '../../lib/token/token-lifecycle.js';
import { LogBook } from '../support/boot.js';
import { HTTP_PLATFORMS, listen } from '../support/http-platforms.js';

/** Of the Nest that this jest project runs on. */
declare const NEST_MAJOR: 11 | 12;

let sandbox: KopoKopoSandbox;

beforeEach(async () => {
  sandbox = await KopoKopoSandbox.start();
});

afterEach(() => sandbox.stop());

/** Counts how often Nest came to the end of its hooks. */
@Injectable()
class Witness implements OnApplicationShutdown {
  calls = 0;

  onApplicationShutdown(): void {
    this.calls += 1;
  }
}

@Module({ providers: [Witness] })
class ShopModule {}

function shop(options: Partial<KopoKopoModuleOptions> = {}): DynamicModule {
  const token = { prefetch: 'required', ...options.token } as const;
  const settings = { ...sandbox.moduleOptions, ...options, token };
  return { module: ShopModule, imports: [KopoKopoModule.forRoot(settings)] };
}

function context(
  options: Partial<KopoKopoModuleOptions> = {},
): Promise<INestApplicationContext> {
  return NestFactory.createApplicationContext(shop(options), { logger: false });
}

function tokensOf(app: INestApplicationContext): TokenService {
  return app.get(TokenService, { strict: false });
}

describe('closing', () => {
  it.each(HTTP_PLATFORMS)(
    'an app on $platform revokes its token',
    async ({ adapter }) => {
      const app = await NestFactory.create(shop(), adapter(), {
        logger: false,
      });
      await listen(app);
      expect(sandbox.liveTokens).toHaveLength(1);

      await app.close();
      expect(sandbox.liveTokens).toHaveLength(0);
      expect(sandbox.counters.revoke).toBe(1);
    },
  );

  it('an application context revokes its token', async () => {
    const app = await context();
    expect(sandbox.liveTokens).toHaveLength(1);

    await app.close();
    expect(sandbox.liveTokens).toHaveLength(0);
  });

  it('a TestingModule revokes its token', async () => {
    const app = await Test.createTestingModule({ imports: [shop()] }).compile();
    await app.init();
    expect(sandbox.liveTokens).toHaveLength(1);

    await app.close();
    expect(sandbox.liveTokens).toHaveLength(0);
  });

  it('gives back every token this process minted and nobody revoked', async () => {
    const app = await context();
    const tokens = tokensOf(app);
    const [, given] = [
      await tokens.requestToken(),
      await tokens.requestToken(),
    ];
    await tokens.revokeToken(given);
    tokens.invalidateToken(await tokens.getToken());
    await tokens.getToken();
    expect(sandbox.issuedTokens).toHaveLength(4);

    await app.close();
    expect(sandbox.liveTokens).toHaveLength(0);
    // One that was given back is not given back again.
    expect(sandbox.counters.revoke).toBe(4);
  });

  it('waits for a token request in flight and revokes what it brings', async () => {
    const app = await context({ token: { prefetch: 'off' } });
    sandbox.failNext('token', { kind: 'hang' });
    const asked = tokensOf(app).getToken();
    await sandbox.waitForRequest('token');

    const closed = app.close();
    sandbox.release();

    expect((await asked).value).toBe(sandbox.issuedTokens[0]);
    await closed;
    expect(sandbox.liveTokens).toHaveLength(0);
  });

  it('leaves nothing to ask for: who still does gets a KopoKopoShutdownError', async () => {
    const app = await context();
    const tokens = tokensOf(app);
    await app.close();

    expect(tokens.peekToken()).toBeUndefined();
    await expect(tokens.getToken()).rejects.toThrow(KopoKopoShutdownError);
    await expect(tokens.requestToken()).rejects.toThrow(KopoKopoShutdownError);
    expect(sandbox.counters.token).toBe(1);
  });
});

describe('closing twice', () => {
  it('at once and again later revokes once', async () => {
    const app = await context();

    await Promise.all([app.close(), app.close()]);
    expect(sandbox.liveTokens).toHaveLength(0);
    // Nest 11 runs the hooks twice in parallel.
    expect(app.get(Witness).calls).toBe(NEST_MAJOR === 11 ? 2 : 1);
    await app.close();

    expect(sandbox.counters).toMatchObject({ token: 1, revoke: 1 });
  });

  it('at once while the endpoint hangs waits for the one revocation', async () => {
    const app = await context();
    sandbox.failNext('revoke', { kind: 'hang' });

    const closed = Promise.all([app.close(), app.close()]);
    await sandbox.waitForRequest('revoke');
    sandbox.release();
    await closed;

    expect(sandbox.counters.revoke).toBe(1);
    expect(sandbox.liveTokens).toHaveLength(0);
  });

  it('again later revokes what the first time could not', async () => {
    const app = await context();
    sandbox.failNext('revoke', { kind: 'status', status: 403 });
    await app.close();
    expect(sandbox.liveTokens).toHaveLength(1);

    await app.close();
    expect(sandbox.liveTokens).toHaveLength(0);
  });
});

describe('the shutdown of the rest of the app', () => {
  const shutdown = { timeout: 200 };

  it.each<{ endpoint: string; fault: SandboxFault }>([
    { endpoint: 'hangs', fault: { kind: 'hang' } },
    { endpoint: 'answers 500', fault: { kind: 'status', status: 500 } },
    { endpoint: 'answers 403', fault: { kind: 'status', status: 403 } },
    { endpoint: 'answers with HTML', fault: { kind: 'html', status: 502 } },
    { endpoint: 'resets the connection', fault: { kind: 'reset' } },
    {
      endpoint: 'redirects',
      fault: { kind: 'redirect', location: 'http://127.0.0.1:1/' },
    },
  ])('goes on when the revocation endpoint $endpoint', async ({ fault }) => {
    const app = await context({ shutdown });
    sandbox.failAlways('revoke', fault);

    await app.close();
    expect(app.get(Witness).calls).toBe(1);
    expect(sandbox.liveTokens).toHaveLength(1);
  });

  it('goes on when nobody listens any more', async () => {
    const app = await context({ shutdown });
    await sandbox.stop();

    await app.close();
    expect(app.get(Witness).calls).toBe(1);
  });

  it('goes on when the token request in flight fails', async () => {
    const token = { prefetch: 'off', mintAttempts: 1 } as const;
    const app = await context({ shutdown, token });
    sandbox.failAlways('token', { kind: 'hang' });
    const asked = tokensOf(app)
      .getToken()
      .catch((error: unknown) => error);
    await sandbox.waitForRequest('token');

    await app.close();
    expect(app.get(Witness).calls).toBe(1);
    expect(await asked).toBeInstanceOf(KopoKopoShutdownError);
    expect(sandbox.counters.revoke).toBe(0);
  });
});

describe('several accounts', () => {
  it('are revoked side by side, and one that fails holds no other up', async () => {
    const accounts = ['a', 'b'].map((clientId) => ({
      clientId,
      clientSecret: `secret-of-${clientId}`,
    }));
    await using two = await KopoKopoSandbox.start({ applications: accounts });
    const imports = accounts.map((account) =>
      KopoKopoModule.forRoot({
        ...account,
        baseUrl: two.url,
        name: account.clientId,
        token: { prefetch: 'required' },
        shutdown: { timeout: 200 },
      }),
    );
    const app = await Test.createTestingModule({ imports }).compile();
    await app.init();
    expect(two.liveTokens).toHaveLength(2);
    two.rotateSecret('a', 'the-secret-of-another-day');

    await app.close();
    expect(two.liveTokensOf('a')).toHaveLength(1);
    expect(two.liveTokensOf('b')).toHaveLength(0);
  });
});

describe('accounts with a call under way', () => {
  it('are waited for side by side, not one after the other', async () => {
    const log = new LogBook();
    const names = ['a', 'b', 'c'];
    const imports = names.map((name) =>
      KopoKopoModule.forRoot({
        ...sandbox.moduleOptions,
        name,
        token: { prefetch: 'required' },
        shutdown: { timeout: 3_000 },
      }),
    );
    const app = await NestFactory.createApplicationContext(
      { module: class Shops {}, imports },
      { logger: log },
    );
    sandbox.failAlways('api', { kind: 'hang' });
    const ends = names.map((name) =>
      app
        .get<KopoKopoHttpService>(getKopoKopoHttpServiceToken(name), {
          strict: false,
        })
        .post('send_money', {})
        .catch(({ code }: KopoKopoError) => code),
    );
    await sandbox.waitForRequest('api', { count: 3 });
    await app.close();
    expect(await Promise.all(ends)).toEqual(
      names.map(() => 'KOPOKOPO_SHUT_DOWN'),
    );
    const said = log.lines.filter((line) =>
      /Waiting for|had no answer/.test(line),
    );
    const kinds = said.map((line) => line.includes('Waiting for'));
    expect(kinds).toEqual([true, true, true, false, false, false]);
    expect(sandbox.liveTokens).toEqual([]);
  });

  it('is named where the process exits before it could be waited for', async () => {
    const log = new LogBook();
    const app = await NestFactory.createApplicationContext(
      shop({ shutdown: { revoke: false } }),
      { logger: log },
    );
    sandbox.failAlways('api', { kind: 'hang' });
    const http = app.get(KopoKopoHttpService, { strict: false });
    const end = http.post('send_money', {}).catch(() => undefined);
    await sandbox.waitForRequest('api');
    const lifecycle = app.get(TokenLifecycle, { strict: false });
    lifecycle.exit();
    expect(log.of('warn').join()).toContain('POST send_money, outcome unknown');
    await end;
    await app.close();
  });
});

describe('shutdown.revoke false', () => {
  it('leaves the token alive and sends nothing', async () => {
    const app = await context({ shutdown: { revoke: false } });

    await app.close();
    expect(sandbox.liveTokens).toHaveLength(1);
    expect(sandbox.counters).toMatchObject({ token: 1, revoke: 0 });
  });
});
