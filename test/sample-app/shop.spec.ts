import { describe, expect, it } from '@jest/globals';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { eventually } from '../support/redis-fleet.js';
import { accountOf, SampleApp } from './sample-app.process.js';

const ORDER = { phone: '0712 345 678', amount: 150 };
const PAYOUT = { phone: '0712345678', amount: 500, description: 'July' };

/** The sample app in front of a sandbox that this test moves. */
async function openShop(): Promise<
  { app: SampleApp; sandbox: KopoKopoSandbox } & AsyncDisposable
> {
  const sandbox = await KopoKopoSandbox.start();
  const app = await SampleApp.start({
    ...accountOf(sandbox),
    SHOP_TILL_NUMBER: 'K700001',
    SHOP_CALLBACK_URL: `${sandbox.url}/callback`,
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
      body: { order: 'A-17', isPaid: false, failures: [] },
    });
    expect(await app.call('POST', '/orders/A-17/reversal')).toMatchObject({
      status: 409,
    });
    sandbox.pay((asked.body as { id: string }).id, { reference: 'SH1ABC2DEF' });
    expect(await app.call('GET', '/orders/A-17')).toEqual({
      status: 200,
      body: {
        order: 'A-17',
        isPaid: true,
        failures: [],
        receipt: 'SH1ABC2DEF',
        amount: { currency: 'KES', value: '150.00' },
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
