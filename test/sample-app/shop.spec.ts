import { describe, expect, it } from '@jest/globals';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { eventually } from '../support/redis-fleet.js';
import { describeWith, RedisServer } from '../support/redis-server.js';
import { accountOf, SampleApp } from './sample-app.process.js';
import type { Variables } from './talking.process.js';

const ORDER = { phone: '0712 345 678', amount: 150 };
const PAYOUT = { phone: '0712345678', amount: 500, description: 'July' };

/** The sample app in front of a sandbox that this test moves. */
async function openShop(
  variables: Variables = {},
): Promise<{ app: SampleApp; sandbox: KopoKopoSandbox } & AsyncDisposable> {
  const sandbox = await KopoKopoSandbox.start();
  const app = await SampleApp.start({
    ...accountOf(sandbox),
    SHOP_TILL_NUMBER: 'K700001',
    ...variables,
  });
  return {
    app,
    sandbox,
    [Symbol.asyncDispose]: async () => {
      await app[Symbol.asyncDispose]();
      await sandbox.stop();
    },
  };
}

describe('The shop of the sample app', () => {
  it('shows the receipt of an order that is paid, and gives its money back', async () => {
    await using shop = await openShop();
    const { app, sandbox } = shop;
    const asked = await app.call('POST', '/orders/A-17/payment', ORDER);
    expect(asked).toMatchObject({
      status: 201,
      body: { type: 'incoming_payment' },
    });
    expect(await app.call('GET', '/orders/A-17')).toEqual({
      status: 200,
      body: { order: 'A-17', state: 'asked', amount: 150, failures: [] },
    });
    expect(await app.call('POST', '/orders/A-17/reversal')).toMatchObject({
      status: 409,
    });
    sandbox.pay((asked.body as { id: string }).id, { reference: 'SH1ABC2DEF' });
    await sandbox.waitForDelivery({ kind: 'callback' });
    expect(await app.call('GET', '/orders/A-17')).toEqual({
      status: 200,
      body: {
        order: 'A-17',
        state: 'paid',
        amount: 150,
        receipt: 'SH1ABC2DEF',
        failures: [],
      },
    });

    const reversed = app.call('POST', '/orders/A-17/reversal');
    await eventually(
      'the reversal is there',
      () => sandbox.created.length === 2,
    );
    sandbox.reverse(sandbox.created[1]!.id);
    expect(await reversed).toEqual({
      status: 201,
      body: { order: 'A-17', isReversed: true, failures: [] },
    });
  });

  it('makes one payment of an order that is asked for many times', async () => {
    await using shop = await openShop();
    const all = await Promise.all(
      Array.from({ length: 5 }, () =>
        shop.app.call('POST', '/orders/A-17/payment', ORDER),
      ),
    );
    expect(new Set(all.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(shop.sandbox.created).toHaveLength(1);
  });

  it('does not ask again for a payment whose answer was lost', async () => {
    await using shop = await openShop();
    shop.sandbox.failNext('api', { kind: 'lost' });
    for (let times = 0; times < 2; times++) {
      expect(
        await shop.app.call('POST', '/orders/A-17/payment', ORDER),
      ).toMatchObject({ status: 502, body: { outcome: 'unknown' } });
    }
    expect(shop.sandbox.created).toHaveLength(1);
  });

  it('streams the states of an order, and ends with the last', async () => {
    await using shop = await openShop();
    const { app, sandbox } = shop;
    const asked = await app.call('POST', '/orders/A-17/payment', ORDER);
    const stream = fetch(app.at('/orders/A-17/events'));
    const { headers, body } = await stream;
    expect(headers.get('content-type')).toContain('text/event-stream');
    sandbox.pay((asked.body as { id: string }).id);
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of body!)
      text += decoder.decode(chunk as Uint8Array);
    const states = [...text.matchAll(/"state":"(\w+)"/g)].map(
      ([, state]) => state,
    );
    expect(states).toEqual(['asked', 'paid']);
  });

  it('does not call an order paid for which another amount came', async () => {
    await using shop = await openShop();
    const { app, sandbox } = shop;
    const asked = await app.call('POST', '/orders/A-17/payment', ORDER);
    sandbox.pay((asked.body as { id: string }).id, { amount: 149 });
    await sandbox.waitForDelivery({ kind: 'callback' });
    expect(await app.call('GET', '/orders/A-17')).toMatchObject({
      body: { state: 'wrong amount' },
    });
  });

  it('marks an order paid once where the callback comes twice', async () => {
    await using shop = await openShop();
    const { app, sandbox } = shop;
    const asked = await app.call('POST', '/orders/A-17/payment', ORDER);
    sandbox.failNextDelivery({ kind: 'repeat', times: 2 });
    sandbox.pay((asked.body as { id: string }).id);
    const [callback] = await sandbox.waitForDelivery({ kind: 'callback' });
    expect(callback!.attempts.length).toBeGreaterThanOrEqual(2);
    expect(app.output.match(/Order A-17 is paid/g)).toHaveLength(1);
  });

  it('pays a supplier and says when the money has moved', async () => {
    await using shop = await openShop();
    const paid = shop.app.call('POST', '/suppliers/payout', PAYOUT);
    await eventually(
      'the payout is there',
      () => shop.sandbox.created.length === 1,
    );
    const { id } = shop.sandbox.created[0]!;
    shop.sandbox.transfer(id);
    expect(await paid).toEqual({
      status: 201,
      body: { id, isTransferred: true, failures: [] },
    });
  });

  it('refuses what is not right before anything is sent', async () => {
    await using shop = await openShop();
    expect(
      await shop.app.call('POST', '/orders/A-17/payment', {
        phone: '1',
        amount: 0.5,
      }),
    ).toMatchObject({ status: 400 });
    expect(
      await shop.app.call('POST', '/suppliers/payout', {
        ...PAYOUT,
        amount: 9,
      }),
    ).toMatchObject({ status: 400 });
    expect(await shop.app.call('GET', '/orders/none')).toMatchObject({
      status: 404,
    });
    expect(shop.sandbox.created).toEqual([]);
  });
});

describeWith('redis-server', 'The shop of the sample app on a Redis', () => {
  it('marks an order paid whose callback was lost while it was down, and knows it after the restart', async () => {
    await using redis = await RedisServer.start();
    const variables = {
      KOPOKOPO_REDIS_URL: redis.url,
      KOPOKOPO_QUEUE_REDIS_URL: redis.url,
    };
    const shop = await openShop(variables);
    const { app, sandbox } = shop;
    const asked = await app.call('POST', '/orders/A-17/payment', ORDER);
    await app.stop('SIGKILL');
    sandbox.failNextDelivery({ kind: 'lost' });
    sandbox.pay((asked.body as { id: string }).id);

    await using next = await SampleApp.start({
      ...accountOf(sandbox),
      ...variables,
      SHOP_TILL_NUMBER: 'K700001',
    });
    expect(await next.call('POST', '/orders/A-17/payment', ORDER)).toEqual(
      asked,
    );
    await eventually('it is paid', async () => {
      const { body } = await next.call('GET', '/orders/A-17');
      return (body as { state?: string }).state === 'paid';
    });
    expect(sandbox.created).toHaveLength(1);
    await shop[Symbol.asyncDispose]();
  });
});
