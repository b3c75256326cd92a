import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type INestApplicationContext, Injectable } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import {
  type KopoKopoError,
  KopoKopoHttpService,
  KopoKopoModule,
  type KopoKopoModuleOptions,
  TokenService,
} from '../../lib/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { TokenLifecycle } from '../../lib/token/token-lifecycle.js';
import { LogBook } from '../support/boot.js';
import { HTTP_PLATFORMS, listen } from '../support/http-platforms.js';
import { eventually } from '../support/redis-fleet.js';

/** Of the Nest that this jest project runs on. */
declare const NEST_MAJOR: 11 | 12;

let sandbox: KopoKopoSandbox;
let log: LogBook;

beforeEach(async () => {
  sandbox = await KopoKopoSandbox.start({ api: 'scripted' });
  log = new LogBook();
});

afterEach(() => sandbox.stop());

/** But for the one that an app without signals gets where it lives long enough. */
function warnings(): string[] {
  return log.of('warn').filter((line) => !line.includes('SIGTERM'));
}

/** As a queue's consumer or a cron job: nothing waits for it but its own code. */
@Injectable()
class Job {
  constructor(private readonly http: KopoKopoHttpService) {}

  run(): Promise<string> {
    return this.http.post('send_money', { number: 1 }).then(
      ({ status }) => `status ${status}`,
      ({ code, outcome }: KopoKopoError) => `${code}, ${outcome}`,
    );
  }
}

function shop(options: Partial<KopoKopoModuleOptions> = {}) {
  return {
    module: class Shop {},
    imports: [KopoKopoModule.forRoot({ ...sandbox.moduleOptions, ...options })],
    providers: [Job],
  };
}

function context(
  options?: Partial<KopoKopoModuleOptions>,
): Promise<INestApplicationContext> {
  return NestFactory.createApplicationContext(shop(options), { logger: log });
}

const CREATORS = [
  {
    what: 'an application context',
    create: () => context(),
  },
  ...HTTP_PLATFORMS.map(({ platform, adapter }) => ({
    what: `an app on ${platform}`,
    create: async (): Promise<INestApplicationContext> => {
      const app = await NestFactory.create(shop(), adapter(), { logger: log });
      await listen(app);
      return app;
    },
  })),
  {
    what: 'a TestingModule',
    create: async (): Promise<INestApplicationContext> => {
      const app = await Test.createTestingModule({ imports: [shop()] })
        .setLogger(log)
        .compile();
      return app.init();
    },
  },
];

describe('a payout from a job that is under way at app.close()', () => {
  it.each(CREATORS)(
    'gets its answer in $what before the token is revoked',
    async ({ create }) => {
      const app = await create();
      sandbox.failNext('api', { kind: 'hang' });
      const job = app.get(Job, { strict: false }).run();
      await sandbox.waitForRequest('api');

      const closed = app.close();
      await eventually('the shutdown waits for it', () =>
        log.of('log').some((line) => line.includes('Waiting for 1 call to')),
      );
      expect(sandbox.counters.revoke).toBe(0);
      sandbox.release();

      expect(await job).toBe('status 201');
      await closed;
      expect(sandbox.created).toHaveLength(1);
      expect(sandbox.liveTokens).toHaveLength(0);
      expect(warnings()).toEqual([]);
    },
  );

  it('that goes on from one call to the next is waited for until its last', async () => {
    const app = await context();
    const job = app.get(Job, { strict: false });
    sandbox.failNext('api', { kind: 'delay', ms: 100 }, 3);
    const all = (async () => [
      await job.run(),
      await job.run(),
      await job.run(),
    ])();
    await sandbox.waitForRequest('api');

    await app.close();
    expect(await all).toEqual(Array(3).fill('status 201'));
    expect(warnings()).toEqual([]);
    expect(sandbox.liveTokens).toHaveLength(0);
  });

  it('and hangs is named in the log, its caller hears that the outcome is unknown, and the shutdown goes on', async () => {
    const app = await context({ shutdown: { timeout: 3_000 } });
    sandbox.failNext('api', { kind: 'hang' });
    const job = app.get(Job, { strict: false }).run();
    await sandbox.waitForRequest('api');

    await app.close();
    expect(await job).toBe('KOPOKOPO_SHUT_DOWN, unknown');
    const [warning] = warnings();
    expect(warning).toContain('POST send_money, outcome unknown');
    expect(warning).toContain('KopoKopoShutdown');
    expect(sandbox.liveTokens).toHaveLength(0);
  });

  it('and still waits for its token was not sent, and is told so', async () => {
    const app = await context({
      token: { prefetch: 'off' },
      shutdown: { timeout: 3_000 },
    });
    sandbox.failAlways('token', { kind: 'hang' });
    const job = app.get(Job, { strict: false }).run();
    await sandbox.waitForRequest('token');

    await app.close();
    expect(await job).toBe('KOPOKOPO_SHUT_DOWN, not-sent');
    expect(log.of('warn').join()).toContain(
      'POST send_money, outcome not-sent',
    );
    expect(sandbox.counters.api).toBe(0);
  });

  it('is waited for as well where shutdown.revoke is off', async () => {
    const app = await context({ shutdown: { revoke: false } });
    sandbox.failNext('api', { kind: 'hang' });
    const job = app.get(Job, { strict: false }).run();
    await sandbox.waitForRequest('api');

    let isClosed = false;
    const closed = app.close().then(() => (isClosed = true));
    await eventually('it waits', () =>
      log.lines.join().includes('Waiting for'),
    );
    expect(isClosed).toBe(false);
    sandbox.release();
    expect(await job).toBe('status 201');
    await closed;
    expect(sandbox.counters.revoke).toBe(0);
  });

  it('is waited for once where the app is closed twice at once', async () => {
    const app = await context();
    sandbox.failNext('api', { kind: 'hang' });
    const job = app.get(Job, { strict: false }).run();
    await sandbox.waitForRequest('api');

    const closed = Promise.all([app.close(), app.close()]);
    await eventually('it waits', () =>
      log.lines.join().includes('Waiting for'),
    );
    sandbox.release();
    expect(await job).toBe('status 201');
    await closed;
    const waits = log.of('log').filter((line) => line.includes('Waiting for'));
    expect(waits).toHaveLength(1);
    expect(sandbox.counters.revoke).toBe(1);
  });

  it('keeps a phone number or a query in its path out of the log', async () => {
    const app = await context({ shutdown: { timeout: 200 } });
    sandbox.failNext('api', { kind: 'hang' }, 2);
    const http = app.get(KopoKopoHttpService, { strict: false });
    const calls = [
      http.get('customers/254712345678').catch(() => {}),
      http.get('things', { query: { phone: '0712345678' } }).catch(() => {}),
    ];
    await sandbox.waitForRequest('api', { count: 2 });
    await app.close();
    await Promise.all(calls);
    expect(log.lines.join()).toContain('2 calls to Kopo Kopo');
    expect(log.lines.join()).not.toContain('712345678');
  });
});

describe('a call that is under way at the deadline of a shutdown', () => {
  it('keeps its token until it ends', async () => {
    const app = await context({ shutdown: { deadline: 10 } });
    sandbox.failNext('api', { kind: 'hang' });
    const job = app.get(Job, { strict: false }).run();
    await sandbox.waitForRequest('api');
    const [live] = sandbox.liveTokens;
    // The server drains: Nest has not come to its last hooks.
    app.get(TokenLifecycle, { strict: false }).beforeApplicationShutdown();
    const tokens = app.get(TokenService, { strict: false });
    await eventually('the deadline is over', () => !tokens.peekToken());
    await setTimeout(100);
    expect(sandbox.liveTokens).toEqual([live]);
    expect(sandbox.counters.revoke).toBe(0);
    sandbox.release();
    expect(await job).toBe('status 201');
    await eventually('it is revoked', () => sandbox.liveTokens.length === 0);
    await app.close();
  });
});

describe('another provider whose shutdown hook throws', () => {
  const HOOKS = [
    'onModuleDestroy',
    'beforeApplicationShutdown',
    'onApplicationShutdown',
  ] as const;

  it.each(HOOKS)('in %s leaves no token alive', async (hook) => {
    class Thrower {}
    Object.assign(Thrower.prototype, {
      [hook]() {
        throw new Error('another hook fails');
      },
    });
    const app = await NestFactory.createApplicationContext(
      {
        module: class Root {},
        imports: [shop({ shutdown: { deadline: 50 } })],
        providers: [Thrower],
      },
      { logger: false },
    );
    await app.get(TokenService, { strict: false }).getToken();
    const closed = app.close();
    if (NEST_MAJOR === 11) await expect(closed).rejects.toThrow('another');
    else await closed;
    await eventually(
      'the token is revoked',
      () => sandbox.liveTokens.length === 0,
    );
  });
});

describe('a boot that fails', () => {
  it('in the bootstrap hook of another provider fetches no token', async () => {
    class Thrower {
      async onApplicationBootstrap(): Promise<void> {
        await setTimeout(50);
        throw new Error('another hook fails');
      }
    }
    const boot = NestFactory.createApplicationContext(
      { module: class Root {}, imports: [shop()], providers: [Thrower] },
      { logger: false, abortOnError: false },
    );
    await expect(boot).rejects.toThrow('another hook fails');
    expect(sandbox.requests).toHaveLength(0);
  });
});

describe('a TokenService that a test replaces', () => {
  it('keeps everything away from the server', async () => {
    const app = await Test.createTestingModule({ imports: [shop()] })
      .overrideProvider(TokenService)
      .useValue({ getToken: () => Promise.reject(new Error('not here')) })
      .overrideProvider(KopoKopoHttpService)
      .useValue({})
      .compile();
    await app.init();
    await setTimeout(50);
    await app.close();
    expect(sandbox.requests).toHaveLength(0);
  });
});
