import { Injectable, Module } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type IncomingPayment,
  KopoKopoClient,
  type KopoKopoDelivery,
  KopoKopoModule,
  KopoKopoValidationError,
  KopoKopoWebhooks,
  OnKopoKopoResult,
  OnKopoKopoWebhook,
  type Transaction,
} from '../../lib/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { RUNTIME, type Runtime } from '../../lib/time/runtime.js';
import { failureOf } from '../support/boot.js';
import { freePort } from '../support/redis-server.js';
import { eventually } from '../support/redis-fleet.js';

@Injectable()
class Orders {
  readonly paid: [string | undefined, string | undefined, KopoKopoDelivery][] =
    [];
  readonly received: Transaction[] = [];

  @OnKopoKopoResult('incoming_payment')
  async ended(payment: IncomingPayment, delivery: KopoKopoDelivery) {
    if (!payment.isPaid) return;
    this.paid.push([
      payment.reference,
      payment.transaction?.amount?.value,
      delivery,
    ]);
  }

  @OnKopoKopoWebhook('buygoods_transaction_received')
  async till(transaction: Transaction) {
    this.received.push(transaction);
  }
}

const REQUEST = {
  tillNumber: 'K700001',
  phoneNumber: '0712345678',
  amount: 150,
  reference: 'A-17',
};

let sandbox: KopoKopoSandbox;
let app: INestApplication;
let client: KopoKopoClient;
let orders: Orders;

beforeEach(async () => {
  sandbox = await KopoKopoSandbox.start({ deliveryRetries: [50, 50] });
  const port = await freePort();
  @Module({
    imports: [
      KopoKopoModule.forRoot({
        ...sandbox.moduleOptions,
        token: { prefetch: 'off' },
        webhooks: { publicUrl: `http://127.0.0.1:${port}/` },
      }),
    ],
    providers: [Orders],
  })
  class Shop {}
  app = await NestFactory.create(Shop, { logger: false });
  app.setGlobalPrefix('api');
  await app.listen(port, '127.0.0.1');
  client = app.get(KopoKopoClient);
  orders = app.get(Orders);
});

afterEach(async () => {
  await app.close();
  await sandbox.stop();
});

describe('A shop with webhooks.publicUrl', () => {
  it('asks for a payment without a callbackUrl, and its handler hears of the end', async () => {
    const { id } = await client.incomingPayments.create(REQUEST);
    sandbox.pay(id);
    await sandbox.waitForDelivery({ kind: 'callback' });
    expect(orders.paid).toEqual([
      ['A-17', '150.00', expect.objectContaining({ kind: 'result' })],
    ]);
    const [, , delivery] = orders.paid[0]!;
    expect(delivery).toMatchObject({
      account: 'default',
      source: 'callback',
      type: 'incoming_payment',
      resourceKey: `incoming_payment:${id}`,
    });
    const [callback] = sandbox.deliveries;
    expect(callback!.url).toMatch(/\/api\/kopokopo\/webhooks$/);
  });

  it('may send results elsewhere', async () => {
    const callbackUrl = 'http://127.0.0.1:1/elsewhere';
    const { id } = await client.incomingPayments.create({
      ...REQUEST,
      callbackUrl,
    });
    const { callbackUrl: told } = await client.incomingPayments.get(id);
    expect(told).toBe(callbackUrl);
  });

  it('handles a callback once that comes three times', async () => {
    const { id } = await client.incomingPayments.create(REQUEST);
    sandbox.failNextDelivery({ kind: 'repeat', times: 3 });
    sandbox.pay(id);
    const [callback] = await sandbox.waitForDelivery({ kind: 'callback' });
    expect(callback!.attempts.length).toBeGreaterThanOrEqual(3);
    expect(orders.paid).toHaveLength(1);
  });

  it('has waitUntilFinal wake as soon as the callback comes', async () => {
    const { id } = await client.incomingPayments.create(REQUEST);
    // Its own pauses never end.
    const runtime = app.get<Runtime>(RUNTIME, { strict: false });
    const pauses: number[] = [];
    runtime.timers.pause = (ms, signal) => {
      pauses.push(ms);
      return new Promise((resolve) =>
        signal!.addEventListener('abort', () => resolve()),
      );
    };
    const waiting = client.incomingPayments.waitUntilFinal(id);
    await eventually('it waits', () => pauses.length === 1);
    sandbox.pay(id);
    expect((await waiting).isPaid).toBe(true);
  });

  it('ends waitUntilFinal at once when it shuts down, and says that the payment may go on', async () => {
    const { id } = await client.incomingPayments.create(REQUEST);
    const waiting = failureOf(client.incomingPayments.waitUntilFinal(id));
    await sandbox.waitForRequest('api', { count: 2 });
    await app.close();
    expect(await waiting).toMatchObject({
      code: 'KOPOKOPO_SHUT_DOWN',
      outcome: 'unknown',
      retryable: false,
    });
  });

  it('hears of a payment at its till, by a subscription for each topic that its handlers hear', async () => {
    const topics = app.get(KopoKopoWebhooks).topics();
    expect(topics).toEqual(['buygoods_transaction_received']);
    const url = `${await app.getUrl()}/api/kopokopo/webhooks`;
    for (const eventType of topics) {
      await client.webhookSubscriptions.create({
        eventType,
        url,
        scope: 'till',
        scopeReference: 'K700001',
      });
    }
    const { id } = await client.incomingPayments.create(REQUEST);
    sandbox.pay(id);
    await sandbox.waitForDelivery({ kind: 'webhook' });
    await eventually('the handler hears', () => orders.received.length === 1);
    expect(orders.received[0]).toMatchObject({ status: 'Received' });
    expect(orders.received[0]!.amount!.value).toBe('150.00');
  });

  it('refuses a delivery that another key signed', async () => {
    const { id } = await client.incomingPayments.create(REQUEST);
    sandbox.failNextDelivery({ kind: 'wrong-signature' });
    sandbox.pay(id);
    const [callback] = await sandbox.waitForDelivery({ kind: 'callback' });
    expect(callback).toMatchObject({ state: 'failed' });
    expect(callback!.attempts[0]!.status).toBe(401);
    expect(orders.paid).toEqual([]);
  });
});

describe('Without webhooks.publicUrl', () => {
  it('a request without a callbackUrl is refused, and told what to set', async () => {
    @Module({ imports: [KopoKopoModule.forRoot(sandbox.moduleOptions)] })
    class Other {}
    const other = await NestFactory.createApplicationContext(Other, {
      logger: false,
    });
    const error = await failureOf(
      other.get(KopoKopoClient).incomingPayments.create(REQUEST),
    );
    expect(error).toBeInstanceOf(KopoKopoValidationError);
    expect(error.message).toContain(
      'callbackUrl: is missing: Kopo Kopo sends the result there; pass it, or set webhooks.publicUrl and apiKey.',
    );
    await other.close();
  });

  it('publicUrl without apiKey is refused at boot', () => {
    const boot = async () => {
      @Module({
        imports: [
          KopoKopoModule.forRoot({
            ...sandbox.moduleOptions,
            apiKey: undefined,
            webhooks: { publicUrl: 'https://shop.example' },
          }),
        ],
      })
      class Other {}
      await NestFactory.createApplicationContext(Other, {
        logger: false,
        abortOnError: false,
      });
    };
    return expect(boot()).rejects.toThrow(
      'webhooks.publicUrl is set and apiKey is not',
    );
  });
});
