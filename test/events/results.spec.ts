import { Injectable, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type IncomingPayment,
  KopoKopoClient,
  type KopoKopoDelivery,
  KopoKopoModule,
  type KopoKopoModuleOptions,
  KopoKopoResults,
  KopoKopoValidationError,
  MemoryStore,
  OnKopoKopoResult,
  OnKopoKopoWebhook,
  type Transaction,
} from '../../lib/index.js';
import { PolledTransactions } from '../../lib/events/results/polled-transactions.js';
import { RedisStore } from '../../lib/redis/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { failureOf, LogBook, QUIET } from '../support/boot.js';
import { eventually } from '../support/redis-fleet.js';
import { bundled } from '../support/bundled.js';
import {
  describeWith,
  freePort,
  RedisServer,
} from '../support/redis-server.js';
import { SHORT_LIVED } from '../support/short-lived.js';

@Injectable()
class Orders {
  readonly ended: [IncomingPayment, KopoKopoDelivery][] = [];
  readonly received: [Transaction, KopoKopoDelivery][] = [];
  work: () => unknown = () => undefined;
  fails = false;

  @OnKopoKopoResult('incoming_payment')
  async end(payment: IncomingPayment, delivery: KopoKopoDelivery) {
    await this.work();
    this.ended.push([payment, delivery]);
  }

  @OnKopoKopoWebhook('buygoods_transaction_received')
  async till(transaction: Transaction, delivery: KopoKopoDelivery) {
    if (this.fails) throw new Error('the database is down');
    this.received.push([transaction, delivery]);
  }
}

/** A store of several processes that can fail, and tell that time has gone by. */
class TestStore extends MemoryStore {
  ahead = 0;
  isAway = false;
  swaps: string[] = [];

  override async read(key: string) {
    if (this.isAway) throw new Error('DOWN');
    const found = await super.read(key);
    return { ...found, now: found.now + this.ahead };
  }

  override async swap(...step: Parameters<MemoryStore['swap']>) {
    if (this.isAway) throw new Error('DOWN');
    this.swaps.push(step[0]);
    const found = await super.swap(...step);
    return { ...found, now: found.now + this.ahead };
  }

  override async close(): Promise<void> {}
}

const REQUEST = {
  tillNumber: 'K700001',
  phoneNumber: '0712345678',
  amount: 150,
  reference: 'A-17',
};

interface Shop {
  app: INestApplication;
  client: KopoKopoClient;
  orders: Orders;
  results: KopoKopoResults;
  port: number;
}

let sandbox: KopoKopoSandbox;
let store: TestStore;
let log: LogBook;
const apps: INestApplication[] = [];

beforeEach(async () => {
  sandbox = await KopoKopoSandbox.start({ deliveryRetries: [] });
  store = new TestStore();
  log = new LogBook();
});
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
  await sandbox.stop();
});

async function openShop(
  given: Partial<KopoKopoModuleOptions> = {},
  providers = [Orders] as (typeof Orders)[],
): Promise<Shop> {
  const port = await freePort();
  @Module({
    imports: [
      KopoKopoModule.forRoot({
        ...sandbox.moduleOptions,
        store,
        token: { prefetch: 'off' },
        webhooks: { publicUrl: `http://127.0.0.1:${port}` },
        results: { first: 200, longest: 400 },
        ...given,
      }),
    ],
    providers,
  })
  class Root {}
  const app = await NestFactory.create(Root, {
    logger: log,
    abortOnError: false,
  });
  await app.listen(port, '127.0.0.1');
  apps.push(app);
  return {
    app,
    port,
    client: app.get(KopoKopoClient),
    orders: providers.length > 0 ? app.get(Orders) : undefined!,
    results: app.get(KopoKopoResults),
  };
}

function looks(id?: string): number {
  return sandbox.requests.filter(
    ({ method, path }) =>
      method === 'GET' && path.includes(`/incoming_payments/${id ?? ''}`),
  ).length;
}

function loseCallbacks(times = 1): void {
  sandbox.failNextDelivery({ kind: 'lost' }, { times });
}

describe('A callback that never comes', () => {
  it('is made up for: the handler hears of the end once, from a check', async () => {
    const { client, orders, results } = await openShop();
    loseCallbacks();
    const { id } = await client.incomingPayments.create(REQUEST);
    sandbox.pay(id);
    await eventually('it is handled', () => orders.ended.length > 0);
    const [[payment, delivery]] = orders.ended as [
      [IncomingPayment, KopoKopoDelivery],
    ];
    expect(payment).toMatchObject({ id, isPaid: true, reference: 'A-17' });
    expect(delivery).toMatchObject({
      kind: 'result',
      source: 'check',
      account: 'default',
      resourceKey: `incoming_payment:${id}`,
    });
    await eventually('nothing is open', async () => {
      const pending = await results.pending();
      return pending.length === 0;
    });
    const after = looks();
    await setTimeout(600);
    expect(looks()).toBe(after);
    expect(orders.ended).toHaveLength(1);
  });

  it('and comes late all the same, is handled once', async () => {
    const { client, orders } = await openShop();
    loseCallbacks();
    const { id } = await client.incomingPayments.create(REQUEST);
    sandbox.pay(id);
    await eventually('it is handled', () => orders.ended.length > 0);
    const [lost] = sandbox.deliveries;
    sandbox.redeliver(lost!.id);
    await eventually(
      'it was answered',
      () => sandbox.deliveries[0]!.attempts.at(-1)?.status === 200,
    );
    expect(orders.ended).toHaveLength(1);
  });

  it('is waited for with pauses that grow, however long the customer takes', async () => {
    const { client, orders } = await openShop();
    const { id } = await client.incomingPayments.create(REQUEST);
    await eventually('it was looked at', () => looks(id) >= 3);
    expect(orders.ended).toEqual([]);
    loseCallbacks();
    sandbox.fail(id);
    await eventually('it is handled', () => orders.ended.length > 0);
    expect(orders.ended[0]![0]).toMatchObject({ status: 'Failed' });
  });

  it('is looked for again until the handler succeeds', async () => {
    const { client, orders } = await openShop();
    let calls = 0;
    orders.work = () => {
      calls += 1;
      if (calls < 3) throw new Error('the database is down');
    };
    loseCallbacks();
    const { id } = await client.incomingPayments.create(REQUEST);
    sandbox.pay(id);
    await eventually('it is handled', () => orders.ended.length > 0);
    expect(calls).toBe(3);
  });

  it('is looked for again when looking failed', async () => {
    const { client, orders } = await openShop();
    loseCallbacks();
    const { id } = await client.incomingPayments.create(REQUEST);
    sandbox.pay(id);
    sandbox.failNext('api', { kind: 'status', status: 403 }, 2);
    await eventually('it is handled', () => orders.ended.length > 0);
  });
});

describe('A callback that has come', () => {
  it('spares the check', async () => {
    const { client, orders } = await openShop();
    const { id } = await client.incomingPayments.create(REQUEST);
    sandbox.pay(id);
    await eventually('it is handled', () => orders.ended.length === 1);
    await setTimeout(700);
    expect(looks()).toBe(0);
  });

  it('before the answer to its request spares the check too', async () => {
    const { client, orders, results } = await openShop();
    sandbox.failNextDelivery({ kind: 'before-answer' });
    await client.incomingPayments.create(REQUEST);
    await eventually('it is handled', () => orders.ended.length === 1);
    await eventually('nothing is open', async () => {
      const pending = await results.pending();
      return pending.length === 0;
    });
  });
});

describeWith('redis-server', 'After kill -9', () => {
  it('the next process that starts on the same store goes on', async () => {
    await using redis = await RedisServer.start();
    const script = fileURLToPath(
      new URL('../api/fixtures/creator.mjs', import.meta.url),
    );
    const { token } = QUIET;
    const results = { check: true, first: 300 };
    const setup = {
      redis: redis.url,
      options: { ...sandbox.moduleOptions, token, results },
      request: { ...REQUEST, callbackUrl: 'http://127.0.0.1:1/k2' },
      stays: true,
    };
    const child = spawn(process.execPath, [...SHORT_LIVED, bundled(script)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, CREATOR: JSON.stringify(setup) },
    });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    expect(said.toString()).toContain('CREATED');
    child.kill('SIGKILL');
    await once(child, 'close');
    const [{ id } = { id: '' }] = sandbox.created;
    sandbox.pay(id);

    const next = await openShop({ store: new RedisStore({ url: redis.url }) });
    await eventually('it is handled', () => next.orders.ended.length > 0);
    expect(next.orders.ended[0]![0]).toMatchObject({ id, isPaid: true });
  });
});

describe('Many processes', () => {
  it('share the checks, and none does what another has done', async () => {
    const shops = [await openShop(), await openShop(), await openShop()];
    loseCallbacks(30);
    const ids = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const { id } = await shops[n % 3]!.client.incomingPayments.create({
          ...REQUEST,
          reference: `B-${n}`,
          phoneNumber: `07123456${10 + n}`,
        });
        sandbox.pay(id);
        return id;
      }),
    );
    const ended = () => shops.flatMap(({ orders }) => orders.ended);
    await eventually('all are handled', () => ended().length >= 30);
    await setTimeout(700);
    const seen = ended().map(([{ id }]) => id);
    expect(seen.toSorted()).toEqual(ids.toSorted());
    expect(ids.map((id) => looks(id))).toEqual(ids.map(() => 1));
  });
});

describe('What is still open', () => {
  it('is told with its kind, its id and its times, and nothing else', async () => {
    const { client, results } = await openShop({ results: { first: 60_000 } });
    const { id } = await client.incomingPayments.create(REQUEST);
    const pending = await results.pending();
    expect(pending).toEqual([
      {
        type: 'incoming_payment',
        id,
        since: expect.any(Date),
        nextCheck: expect.any(Date),
      },
    ]);
    const [{ since, nextCheck }] = pending as [(typeof pending)[0]];
    expect(nextCheck!.getTime() - since.getTime()).toBeGreaterThanOrEqual(
      60_000,
    );
  });

  it('holds what may have been accepted, until its result comes with the reference', async () => {
    const { client, results, orders } = await openShop();
    sandbox.failNext('api', { kind: 'lost' });
    await failureOf(client.incomingPayments.create(REQUEST));
    expect(await results.pending()).toEqual([
      { type: 'incoming_payment', since: expect.any(Date) },
    ]);
    sandbox.pay(sandbox.created[0]!.id);
    await eventually('it is handled', () => orders.ended.length === 1);
    await eventually('nothing is open', async () => {
      const pending = await results.pending();
      return pending.length === 0;
    });
  });

  it('holds nothing that was refused', async () => {
    const { client, results } = await openShop();
    sandbox.failNext('api', { kind: 'status', status: 400 });
    await failureOf(client.incomingPayments.create(REQUEST));
    await eventually('nothing is open', async () => {
      const pending = await results.pending();
      return pending.length === 0;
    });
  });

  it('is looked at now on demand, and its end handled', async () => {
    const { client, results, orders } = await openShop({
      results: { first: 60_000 },
    });
    const payment = await client.incomingPayments.create(REQUEST);
    expect(await results.check(payment)).toMatchObject({ status: 'Pending' });
    expect(orders.ended).toEqual([]);
    loseCallbacks();
    sandbox.pay(payment.id);
    expect(await results.check(payment)).toMatchObject({ isPaid: true });
    expect(orders.ended).toHaveLength(1);
    await results.check(payment);
    expect(orders.ended).toHaveLength(1);
  });

  it.each([
    ['a text', 'the-id'],
    ['nothing', undefined],
    ['a pending one without an id', { type: 'incoming_payment' }],
    ['a kind without results', { type: 'webhook_subscription', id: 'a' }],
    ['an id that is none', { type: 'incoming_payment', id: 'a?b=1' }],
  ])('%s is no reference to check', async (_what, target) => {
    const { results } = await openShop();
    const error = await failureOf(results.check(target as never));
    expect(error).toBeInstanceOf(KopoKopoValidationError);
    expect(sandbox.counters.api).toBe(0);
  });

  it('is given up after results.until, which the log says once', async () => {
    const { client, results } = await openShop({
      results: { first: 100, longest: 200, until: 500 },
    });
    const { id } = await client.incomingPayments.create(REQUEST);
    await eventually('it is given up', async () => {
      const pending = await results.pending();
      return pending.length === 0;
    });
    const lines = () =>
      log.of('warn').filter((line) => line.includes('has had no end'));
    await eventually('it is told', () => lines().length > 0);
    expect(lines()).toHaveLength(1);
    expect(lines()[0]).toContain(`incoming_payment:${id}`);
  });
});

describe('Checks cost nothing', () => {
  it('where no handler hears results: no document is written', async () => {
    const { client } = await openShop({}, []);
    const callbackUrl = 'http://127.0.0.1:1/k2';
    await client.incomingPayments.create({
      ...REQUEST,
      reference: undefined,
      callbackUrl,
    });
    await setTimeout(300);
    expect(store.swaps).toEqual([]);
  });

  it('with results.check off', async () => {
    const { client, orders } = await openShop({ results: { check: false } });
    loseCallbacks();
    const { id } = await client.incomingPayments.create(REQUEST);
    sandbox.pay(id);
    await setTimeout(500);
    expect(orders.ended).toEqual([]);
    expect(store.swaps.some((key) => key.includes(':open:'))).toBe(false);
  });
});

describe('While the store is away', () => {
  it('a request without a reference goes on, with one warning, and its end is found when it is back', async () => {
    const { client, orders, results } = await openShop();
    store.isAway = true;
    loseCallbacks();
    const { id } = await client.incomingPayments.create({
      ...REQUEST,
      reference: undefined,
    });
    sandbox.pay(id);
    const warned = log.of('warn').filter((line) => line.includes('their ends'));
    expect(warned).toHaveLength(1);
    store.isAway = false;
    await eventually('it is handled', () => orders.ended.length > 0);
    expect(await results.pending()).toEqual([]);
  });
});

describe('A shutdown', () => {
  it('does not wait longer than shutdown.timeout for a handler that a look has called', async () => {
    const shop = await openShop({ shutdown: { timeout: 200 } });
    let isCalled = false;
    shop.orders.work = () => {
      isCalled = true;
      return new Promise((resolve) =>
        globalThis.setTimeout(resolve, 20_000).unref(),
      );
    };
    loseCallbacks();
    const { id } = await shop.client.incomingPayments.create(REQUEST);
    sandbox.pay(id);
    await eventually('the handler is called', () => isCalled);
    const closed = apps.pop()!.close();
    const late = setTimeout(15_000, 'late', { ref: false });
    expect(await Promise.race([closed, late])).not.toBe('late');
  });

  it('ends the checks: no handler is called afterwards, and the end stays open', async () => {
    const shop = await openShop();
    loseCallbacks();
    const { id } = await shop.client.incomingPayments.create(REQUEST);
    await apps.pop()!.close();
    sandbox.pay(id);
    await setTimeout(500);
    expect(shop.orders.ended).toEqual([]);
    const other = await openShop();
    await eventually('it is handled', () => other.orders.ended.length === 1);
  });
});

describe('Reconciling', () => {
  const span = () => ({
    scope: 'till' as const,
    scopeReference: 'K700001',
    from: new Date(Date.now() - 3_600_000),
    to: new Date(Date.now() + 3_600_000),
  });

  it('has transactions handled that no webhook told of, once', async () => {
    const { orders, results } = await openShop();
    sandbox.receive({
      tillNumber: 'K700001',
      amount: 150,
      reference: 'SH1ABC2DEF',
    });
    const first = await results.reconcile(span());
    expect(first).toEqual({
      transactions: 1,
      handled: 1,
      repeated: 0,
      failed: 0,
      unheard: 0,
    });
    const [[transaction, delivery]] = orders.received as [
      [Transaction, KopoKopoDelivery],
    ];
    expect(transaction.reference).toBe('SH1ABC2DEF');
    expect(delivery).toMatchObject({
      kind: 'webhook',
      source: 'polling',
      topic: 'buygoods_transaction_received',
      resourceKey: `buygoods_transaction_received:${transaction.id}`,
    });
    expect(await results.reconcile(span())).toMatchObject({ repeated: 1 });
    expect(orders.received).toHaveLength(1);
  });

  it('does not have handled again what a webhook told of', async () => {
    const { client, orders, results, port } = await openShop();
    await client.webhookSubscriptions.create({
      eventType: 'buygoods_transaction_received',
      url: `http://127.0.0.1:${port}/kopokopo/webhooks`,
      scope: 'till',
      scopeReference: 'K700001',
    });
    sandbox.receive({ tillNumber: 'K700001', amount: 150 });
    await eventually('it is handled', () => orders.received.length === 1);
    expect(await results.reconcile(span())).toMatchObject({
      transactions: 1,
      repeated: 1,
    });
    expect(orders.received).toHaveLength(1);
  });

  it('counts what no handler hears, and what a handler failed at', async () => {
    const { orders, results } = await openShop();
    sandbox.receive({ tillNumber: 'K700001', amount: 10, sendingTill: '555' });
    sandbox.receive({ tillNumber: 'K700001', amount: 20 });
    orders.fails = true;
    expect(await results.reconcile(span())).toMatchObject({
      transactions: 2,
      handled: 0,
      failed: 1,
      unheard: 1,
    });
    orders.fails = false;
    expect(await results.reconcile(span())).toMatchObject({ handled: 1 });
  });

  it.each([
    ['Received', 'handled'],
    ['Complete', 'handled'],
    ['Pending', 'unheard'],
    ['Failed', 'unheard'],
    [undefined, 'unheard'],
  ])('takes a transaction of status %s for %s', async (status, fate) => {
    const { app } = await openShop();
    const polled = app.get(PolledTransactions, { strict: false });
    const transaction = {
      id: 'tx-1',
      type: 'Buygoods Transaction',
      status,
      raw: {},
    } as Transaction;
    expect(await polled.handle(transaction)).toBe(fate);
  });

  it('tells what was given back by its own topic', async () => {
    const { client, orders, results } = await openShop();
    const { reference } = sandbox.receive({
      tillNumber: 'K700001',
      amount: 30,
    });
    const { id } = await client.reversals.create({
      transactionReference: reference,
      reason: 'Returned',
    });
    sandbox.reverse(id);
    const { transactions, unheard } = await results.reconcile(span());
    expect(transactions).toBe(2);
    expect(unheard).toBe(1);
    expect(orders.received).toHaveLength(1);
  });
});
