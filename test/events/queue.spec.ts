import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Queue } from 'bullmq';
import {
  afterAll,
  afterEach,
  beforeAll,
  expect,
  it,
  describe,
} from '@jest/globals';
import {
  type IncomingPayment,
  KopoKopoClient,
  KopoKopoConfigurationError,
  type KopoKopoDelivery,
  KopoKopoModule,
  KopoKopoResults,
  type KopoKopoStore,
  OnKopoKopoResult,
  OnKopoKopoWebhook,
} from '../../lib/index.js';
import { BullMqDeliveryQueue } from '../../lib/events/bullmq/index.js';
import { RedisStore } from '../../lib/redis/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { LogBook } from '../support/boot.js';
import { bundled } from '../support/bundled.js';
import { listen } from '../support/http-platforms.js';
import { eventually } from '../support/redis-fleet.js';
import {
  describeWith,
  freePort,
  RedisServer,
} from '../support/redis-server.js';
import { SHORT_LIVED } from '../support/short-lived.js';
import { buygoods, deliver } from './deliver.js';
import { type DeliveryApp, openApp, QUIET_OPTIONS } from './shop-app.js';

@Injectable()
class Handlers {
  readonly seen: KopoKopoDelivery[] = [];
  work: (delivery: KopoKopoDelivery) => unknown = () => undefined;

  @OnKopoKopoWebhook('buygoods_transaction_received')
  async take(_event: unknown, delivery: KopoKopoDelivery) {
    await this.work(delivery);
    this.seen.push(delivery);
  }

  @OnKopoKopoResult('incoming_payment')
  async end(_payment: IncomingPayment, delivery: KopoKopoDelivery) {
    await this.work(delivery);
    this.seen.push(delivery);
  }
}

class NoHandlers {}

describe('BullMqDeliveryQueue', () => {
  it.each([
    ['nothing', {}, 'set url or connection'],
    ['both', { url: 'redis://a', connection: {} }, 'and not both'],
    ['a URL of another kind', { url: 'http://a' }, 'redis:// or rediss://'],
    [
      'a name with a colon',
      { url: 'redis://a', name: 'a:b' },
      'without a colon',
    ],
    ['no attempts', { url: 'redis://a', attempts: 0 }, 'whole numbers from 1'],
  ])('refuses %s, and says what to do', (_what, options, sentence) => {
    const make = () => new BullMqDeliveryQueue(options);
    expect(make).toThrow(KopoKopoConfigurationError);
    expect(make).toThrow(sentence);
  });
});

describeWith('redis-server', 'With a durable queue', () => {
  let server: RedisServer;
  const queues: Queue[] = [];
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterEach(async () => {
    await Promise.all(queues.splice(0).map((queue) => queue.close()));
  });
  afterAll(() => server[Symbol.asyncDispose]());

  let number = 0;
  /** A queue of its own for each test. */
  function setup() {
    number += 1;
    const name = `queue-${number}`;
    const queue = new Queue(name, { connection: { url: server.url } });
    queues.push(queue);
    const open = <T>(
      handlers: new () => T,
      given: object = {},
      logger: LogBook | false = false,
      options: object = {},
    ): Promise<DeliveryApp<T>> =>
      openApp(
        handlers,
        {
          clientId: name,
          store: new RedisStore({ url: server.url }),
          ...options,
          webhooks: {
            ...(options as { webhooks?: object }).webhooks,
            publicUrl: 'http://127.0.0.1:1',
            queue: new BullMqDeliveryQueue({
              url: server.url,
              name,
              backoff: 50,
              ...given,
            }),
          },
        },
        logger,
      );
    return { name, queue, open };
  }

  it('a delivery is acknowledged before its handler has run, and handled by a worker', async () => {
    const { open } = setup();
    await using shop = await open(Handlers);
    let release = (): void => {};
    shop.handlers.work = () =>
      new Promise<void>((resolve) => (release = resolve));
    expect(await shop.deliver(buygoods())).toMatchObject({ status: 200 });
    await setTimeout(100);
    expect(shop.handlers.seen).toEqual([]);
    release();
    await eventually('it is handled', () => shop.handlers.seen.length === 1);
    expect(shop.handlers.seen[0]).toMatchObject({
      kind: 'webhook',
      source: 'callback',
      eventId: 'evt-1',
    });
    expect(Buffer.isBuffer(shop.handlers.seen[0]!.rawBody)).toBe(true);
  });

  it('one that comes ten times is handled once', async () => {
    const { open } = setup();
    await using shop = await open(Handlers);
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        shop.deliver(buygoods('res-1', `evt-${n}`)),
      ),
    );
    await eventually('it is handled', () => shop.handlers.seen.length > 0);
    await setTimeout(300);
    expect(shop.handlers.seen).toHaveLength(1);
  });

  it('what is not signed, or no JSON object, never comes into it', async () => {
    const { open, queue } = setup();
    await using shop = await open(Handlers, { worker: false });
    const forged = await shop.deliver(buygoods(), { key: 'another' });
    expect(forged.status).toBe(401);
    expect((await shop.deliver('[]')).status).toBe(400);
    expect(await queue.getJobCounts('waiting', 'active')).toEqual({
      waiting: 0,
      active: 0,
    });
  });

  it('processes without handlers, or with worker: false, leave the jobs to others', async () => {
    const { open, queue } = setup();
    await using front = await open(NoHandlers);
    await using other = await open(Handlers, { worker: false });
    await front.deliver(buygoods('a', 'evt-a'));
    await other.deliver(buygoods('b', 'evt-b'));
    await setTimeout(200);
    expect(await queue.getWaitingCount()).toBe(2);
    await using worker = await open(Handlers);
    await eventually(
      'both are handled',
      () => worker.handlers.seen.length === 2,
    );
  });

  it('a handler that fails is called again with growing pauses, and given up into the failed ones', async () => {
    const { open, queue } = setup();
    const log = new LogBook();
    await using shop = await open(Handlers, { attempts: 4 }, log);
    const calls: number[] = [];
    shop.handlers.work = () => {
      calls.push(performance.now());
      throw new Error('0712345678 has no account');
    };
    await shop.deliver(buygoods());
    await eventually('it is given up', async () => {
      const failed = await queue.getFailedCount();
      return failed === 1;
    });
    expect(calls).toHaveLength(4);
    const pauses = calls.slice(1).map((at, n) => at - calls[n]!);
    expect(pauses[0]).toBeGreaterThanOrEqual(45);
    expect(pauses[2]).toBeGreaterThanOrEqual(190);
    const [job] = await queue.getFailed();
    expect(job!.failedReason).toBe('A handler failed; the log has it.');
    expect(job!.stacktrace?.join()).not.toContain('712345678');
    const lines = log.of('error').filter((line) => line.includes('given up'));
    expect(lines).toEqual([expect.stringContaining('after 4 attempts')]);
  });

  it('one that was given up is tried again when it is delivered again', async () => {
    const { open, queue } = setup();
    await using shop = await open(Handlers, { attempts: 2 });
    shop.handlers.work = () => {
      throw new Error('the database is down');
    };
    await shop.deliver(buygoods());
    await eventually('it is given up', async () => {
      const failed = await queue.getFailedCount();
      return failed === 1;
    });
    shop.handlers.work = () => undefined;
    expect((await shop.deliver(buygoods())).status).toBe(200);
    await eventually('it is handled', () => shop.handlers.seen.length === 1);
    expect(await queue.getFailedCount()).toBe(0);
  });

  it('only the handlers that failed are called again', async () => {
    @Injectable()
    class Two extends Handlers {
      others = 0;

      @OnKopoKopoWebhook('buygoods_transaction_received')
      async second() {
        this.others += 1;
      }
    }
    const { open } = setup();
    await using shop = await open(Two);
    let calls = 0;
    shop.handlers.work = () => {
      calls += 1;
      if (calls < 3) throw new Error('not yet');
    };
    await shop.deliver(buygoods());
    await eventually('it is handled', () => shop.handlers.seen.length === 1);
    expect([calls, shop.handlers.others]).toEqual([3, 1]);
  });

  it('is answered 503 while Redis is away, and taken when it is back', async () => {
    await using own = await RedisServer.start({ keepsData: true });
    const log = new LogBook();
    await using shop = await openApp(
      Handlers,
      {
        webhooks: {
          timeout: 400,
          queue: new BullMqDeliveryQueue({ url: own.url }),
        },
      },
      log,
    );
    expect((await shop.deliver(buygoods('a', 'evt-a'))).status).toBe(200);
    await eventually('it is handled', () => shop.handlers.seen.length === 1);
    await own.stop();
    expect((await shop.deliver(buygoods('b', 'evt-b'))).status).toBe(503);
    await own.start();
    await eventually('it is back', async () => {
      const { status } = await shop.deliver(buygoods('b', 'evt-b'));
      return status === 200;
    });
    await eventually('it is handled', () => shop.handlers.seen.length === 2);
    expect(log.lines.join('\n')).not.toContain('redis://');
  });

  it('takes a URL with a password and the number of a database', async () => {
    await using own = await RedisServer.start({ password: 'p@ss word' });
    const password = encodeURIComponent('p@ss word');
    const url = `redis://:${password}@127.0.0.1:${own.port}`;
    for (const place of ['/3', '?db=4', '/']) {
      await using shop = await openApp(Handlers, {
        webhooks: { queue: new BullMqDeliveryQueue({ url: url + place }) },
      });
      await shop.deliver(buygoods(place, place));
      await eventually('it is handled', () => shop.handlers.seen.length === 1);
    }
  });

  it('is shared by several accounts, each of which handles its own', async () => {
    const { name } = setup();
    const queue = new BullMqDeliveryQueue({ url: server.url, name });
    @Injectable()
    class ShopB {
      readonly seen: KopoKopoDelivery[] = [];

      @OnKopoKopoWebhook('buygoods_transaction_received', { account: 'b' })
      async take(_event: unknown, delivery: KopoKopoDelivery) {
        this.seen.push(delivery);
      }
    }
    @Module({
      imports: ['a', 'b'].map((account) =>
        KopoKopoModule.forRoot({
          ...QUIET_OPTIONS,
          name: account,
          clientId: `${name}-${account}`,
          apiKey: `key-of-${account}`,
          webhooks: { queue, publicUrl: 'http://127.0.0.1:1' },
        }),
      ),
      providers: [ShopB],
    })
    class Shops {}
    const app = await NestFactory.create(Shops, { logger: false });
    const url = await listen(app);
    const path = `${url}/kopokopo/webhooks/b`;
    const answer = await deliver(path, buygoods(), { key: 'key-of-b' });
    expect(answer.status).toBe(200);
    const { seen } = app.get(ShopB);
    await eventually('it is handled', () => seen.length === 1);
    expect(seen[0]!.account).toBe('b');
    await app.close();
  });

  it('what is no delivery any more is given up, and says so', async () => {
    const { open, queue } = setup();
    await using shop = await open(Handlers, { attempts: 1 });
    const bytes = Buffer.from('not JSON').toString('base64');
    const job = { kind: 'delivery', account: 'default', bytes, receivedAt: 0 };
    await queue.add('delivery', job, { jobId: 'a'.repeat(32) });
    await eventually('it is given up', async () => {
      const failed = await queue.getFailedCount();
      return failed === 1;
    });
    expect(shop.handlers.seen).toEqual([]);
  });

  it('a stop in good order finishes what is in hand, and takes nothing new', async () => {
    const { open, queue } = setup();
    const shop = await open(Handlers);
    let release: (() => void) | undefined;
    shop.handlers.work = () =>
      new Promise<void>((resolve) => (release = resolve));
    await shop.deliver(buygoods('a'));
    await eventually('it is in hand', () => release !== undefined);
    const closed = shop.app.close();
    await setTimeout(100);
    release!();
    await closed;
    expect(shop.handlers.seen).toHaveLength(1);
    expect(await queue.getJobCounts('active', 'failed', 'delayed')).toEqual({
      active: 0,
      failed: 0,
      delayed: 0,
    });
  });

  describe('a callback that never comes', () => {
    const REQUEST = {
      tillNumber: 'K700001',
      phoneNumber: '0712345678',
      amount: 150,
    };

    async function shopWith(sandbox: KopoKopoSandbox) {
      const { open, queue, name } = setup();
      const { apiKey, ...options } = sandbox.moduleOptions;
      const shop = await open(Handlers, {}, false, {
        ...options,
        results: { first: 200, longest: 400 },
      });
      return { shop, queue, name, apiKey };
    }

    it('is made up for by a job that is due later, and one that comes takes the job out', async () => {
      await using sandbox = await KopoKopoSandbox.start();
      const { shop, queue } = await shopWith(sandbox);
      await using _ = shop;
      const client = shop.app.get(KopoKopoClient);
      const { id } = await client.incomingPayments.create(REQUEST);
      await eventually('its job is there', async () => {
        const delayed = await queue.getDelayedCount();
        return delayed === 1;
      });
      sandbox.pay(id);
      await eventually('it is handled', () => shop.handlers.seen.length === 1);
      expect(shop.handlers.seen[0]).toMatchObject({
        source: 'check',
        resourceKey: `incoming_payment:${id}`,
      });
      await eventually('nothing is left', async () => {
        const delayed = await queue.getDelayedCount();
        const pending = await shop.app.get(KopoKopoResults).pending();
        return delayed === 0 && pending.length === 0;
      });

      const second = await client.incomingPayments.create({
        ...REQUEST,
        phoneNumber: '0712345679',
      });
      sandbox.pay(second.id);
      const [, callback] = sandbox.deliveries;
      await deliver(
        `${shop.url}/kopokopo/webhooks`,
        Buffer.from(callback!.body),
      );
      await eventually('it is handled', () => shop.handlers.seen.length === 2);
      await eventually('its job is out', async () => {
        const delayed = await queue.getDelayedCount();
        return delayed === 0;
      });
    });

    it('is looked for again where its handler failed, and where looking failed', async () => {
      await using sandbox = await KopoKopoSandbox.start();
      const { shop } = await shopWith(sandbox);
      await using _ = shop;
      let calls = 0;
      shop.handlers.work = () => {
        calls += 1;
        if (calls < 2) throw new Error('not yet');
      };
      const client = shop.app.get(KopoKopoClient);
      const { id } = await client.incomingPayments.create(REQUEST);
      sandbox.failNext('api', { kind: 'status', status: 403 });
      sandbox.pay(id);
      await eventually('it is handled', () => shop.handlers.seen.length === 1);
      expect(calls).toBe(2);
    });

    it('is made up for when the store was away at the start', async () => {
      await using sandbox = await KopoKopoSandbox.start();
      const { shop, name, queue } = await shopWith(sandbox);
      const client = shop.app.get(KopoKopoClient);
      const { id } = await client.incomingPayments.create(REQUEST);
      await shop.app.close();
      await queue.obliterate({ force: true });
      sandbox.pay(id);
      const redis = new RedisStore({ url: server.url });
      let isAway = true;
      const store: KopoKopoStore = {
        read: async (key) => {
          if (isAway) throw new Error('DOWN');
          return redis.read(key);
        },
        swap: (...step) => redis.swap(...step),
        close: () => redis.close(),
      };
      await using next = await openApp(Handlers, {
        ...sandbox.moduleOptions,
        store,
        results: { first: 200, longest: 400 },
        webhooks: { queue: new BullMqDeliveryQueue({ url: server.url, name }) },
      });
      isAway = false;
      await eventually('it is handled', () => next.handlers.seen.length === 1);
    });

    it('is told where its outcome is unknown and stays so', async () => {
      await using sandbox = await KopoKopoSandbox.start();
      const { open } = setup();
      const log = new LogBook();
      const given = { ...sandbox.moduleOptions, results: { until: 50 } };
      const shop = await open(Handlers, {}, log, given);
      const client = shop.app.get(KopoKopoClient);
      sandbox.failNext('api', { kind: 'lost' });
      await client.incomingPayments.create(REQUEST).catch(() => undefined);
      expect(await shop.app.get(KopoKopoResults).pending()).toHaveLength(1);
      await shop.app.close();
      await setTimeout(60);
      await using next = await open(Handlers, {}, log, given);
      const results = next.app.get(KopoKopoResults);
      await eventually('it is given up', async () => {
        const pending = await results.pending();
        return pending.length === 0;
      });
      expect(log.of('warn').join()).toContain('of unknown outcome');
    });

    it('is given up after results.until', async () => {
      await using sandbox = await KopoKopoSandbox.start();
      const { open, queue } = setup();
      const log = new LogBook();
      await using shop = await open(Handlers, {}, log, {
        ...sandbox.moduleOptions,
        results: { first: 100, longest: 100, until: 300 },
      });
      const client = shop.app.get(KopoKopoClient);
      const { id } = await client.incomingPayments.create(REQUEST);
      await eventually('it is given up', async () => {
        const pending = await shop.app.get(KopoKopoResults).pending();
        const delayed = await queue.getDelayedCount();
        return pending.length + delayed === 0;
      });
      expect(log.of('warn').join()).toContain(`incoming_payment:${id}`);
    });

    it('is not looked for where results.check is off', async () => {
      await using sandbox = await KopoKopoSandbox.start();
      const { open, queue } = setup();
      await using shop = await open(Handlers, {}, false, {
        ...sandbox.moduleOptions,
        results: { check: false },
      });
      await shop.app.get(KopoKopoClient).incomingPayments.create(REQUEST);
      expect(await queue.getDelayedCount()).toBe(0);
    });

    it('is made up for by the next process, too', async () => {
      await using sandbox = await KopoKopoSandbox.start();
      const { shop, queue } = await shopWith(sandbox);
      const client = shop.app.get(KopoKopoClient);
      const { id } = await client.incomingPayments.create(REQUEST);
      await shop.app.close();
      // Redis has lost the job, the store has not.
      await queue.obliterate({ force: true });
      sandbox.pay(id);
      const { name } = { name: queue.name };
      await using next = await openApp(Handlers, {
        ...sandbox.moduleOptions,
        apiKey: QUIET_OPTIONS.apiKey,
        clientId: sandbox.clientId,
        store: new RedisStore({ url: server.url }),
        results: { first: 200, longest: 400 },
        webhooks: { queue: new BullMqDeliveryQueue({ url: server.url, name }) },
      });
      await eventually('it is handled', () => next.handlers.seen.length === 1);
    });
  });
});

describeWith(
  'redis-server',
  'Three processes that are killed at random',
  () => {
    const script = fileURLToPath(
      new URL('fixtures/queue-worker.mjs', import.meta.url),
    );
    const DELIVERIES = 300;
    const POISON = 3;

    it('lose none of 300 deliveries, and what never works is among the failed', async () => {
      await using redis = await RedisServer.start();
      const ports = [await freePort(), await freePort(), await freePort()];
      const options = { ...QUIET_OPTIONS };
      const queue = { attempts: 8, backoff: 100 };
      const start = async (port: number): Promise<ChildProcess> => {
        const setup = { redis: redis.url, options, queue, failing: 0.2, port };
        const child = spawn(
          process.execPath,
          [...SHORT_LIVED, bundled(script)],
          {
            stdio: ['ignore', 'pipe', 'ignore'],
            env: { PATH: process.env.PATH, WORKER: JSON.stringify(setup) },
          },
        );
        await once(child.stdout!, 'data');
        return child;
      };
      const children = await Promise.all(ports.map(start));
      let kills = 0;
      const delivering = new AbortController();
      const killing = (async () => {
        while (!delivering.signal.aborted || kills < 4) {
          await setTimeout(400);
          const n = kills % 3;
          children[n]!.kill('SIGKILL');
          await once(children[n]!, 'close');
          children[n] = await start(ports[n]!);
          kills += 1;
        }
      })();
      const sent = [
        ...Array.from({ length: DELIVERIES }, (_, n) => `order-${n}`),
        ...Array.from({ length: POISON }, (_, n) => `poison-${n}`),
      ];
      // Kopo Kopo delivers again until it has its 200.
      const take = async (id: string, n: number): Promise<void> => {
        for (let attempt = 0; ; attempt += 1) {
          const url = `http://127.0.0.1:${ports[(n + attempt) % 3]}/kopokopo/webhooks`;
          const answer = await deliver(url, buygoods(id, `evt-${id}`)).catch(
            () => undefined,
          );
          if (answer?.status === 200) return;
          await setTimeout(50);
        }
      };
      for (let n = 0; n < sent.length; n += 10) {
        const some = sent.slice(n, n + 10);
        await Promise.all(some.map((id, i) => take(id, n + i)));
      }
      delivering.abort();
      await killing;

      const look = new Queue('kopokopo-deliveries', {
        connection: { url: redis.url },
      });
      const handled = async () =>
        [await redis.command('KEYS', 'handled:*')].flat().filter(Boolean);
      const end = Date.now() + 180_000;
      while (Date.now() < end) {
        const [done, failed] = [await handled(), await look.getFailedCount()];
        if (done.length === DELIVERIES && failed === POISON) break;
        await setTimeout(500);
      }
      const keys = (await handled()) as string[];
      const failed = await look.getFailedCount();
      await look.close();
      expect(keys).toHaveLength(DELIVERIES);
      expect(failed).toBe(POISON);
      // Only a kill between the last step of a handler and its mark has it called again.
      const counts = await Promise.all(
        keys.map(async (key) => Number(await redis.command('GET', key))),
      );
      const again = counts.filter((count) => count > 1);
      expect(again.length).toBeLessThanOrEqual(kills);
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(children.map((child) => once(child, 'close')));
    }, 300_000);
  },
);
