import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createRequire } from 'node:module';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { DeliveryReceiver, type Received } from './delivery.receiver.js';

type Service = Record<string, (options?: object) => Promise<unknown>>;

interface K2 {
  TokenService: Service;
  StkService: Service;
  PayService: Service;
  TransferService: Service;
  PollingService: Service;
  SmsNotificationService: Service;
  Webhooks: Service & {
    webhookHandler(request: object, response: object): Promise<unknown>;
  };
}

const k2 = createRequire(import.meta.url)('k2-connect-node') as (
  options: object,
) => K2;

describe('k2-connect-node 1.3.0, the official client, against the sandbox', () => {
  let sandbox: KopoKopoSandbox;
  let app: DeliveryReceiver;
  let client: K2;
  let accessToken: string;
  let callbackUrl: string;

  beforeEach(async () => {
    sandbox = await KopoKopoSandbox.start();
    app = await DeliveryReceiver.start();
    callbackUrl = `${app.url}/callback`;
    client = k2({
      clientId: sandbox.clientId,
      clientSecret: sandbox.clientSecret,
      apiKey: sandbox.apiKey,
      baseUrl: sandbox.url,
    });
    const { access_token: token } = (await client.TokenService.getToken!()) as {
      access_token: string;
    };
    accessToken = token;
  });
  afterEach(async () => {
    await sandbox.stop();
    await app[Symbol.asyncDispose]();
  });

  const idOf = (location: unknown): string =>
    String(location).split('/').at(-1)!;

  /** Hands a delivery to the check of the official client; it rejects one that it does not believe. */
  async function checked({ body, headers }: Received): Promise<unknown> {
    const response = { status: () => response, json: () => response };
    return client.Webhooks.webhookHandler(
      {
        body: JSON.parse(body.toString()) as object,
        get: (name: string) => headers[name.toLowerCase()],
      },
      response,
    );
  }

  async function stk(): Promise<unknown> {
    return client.StkService.initiateIncomingPayment!({
      paymentChannel: 'M-PESA STK Push',
      tillNumber: 'K700001',
      firstName: 'Ana',
      lastName: 'Buyer',
      phoneNumber: '+254712345678',
      email: 'ana@example.com',
      currency: 'KES',
      amount: 150,
      callbackUrl,
      metadata: { order: 'A-17' },
      accessToken,
    });
  }

  it('gets, asks about and gives back a token', async () => {
    expect(await client.TokenService.infoToken!({ accessToken })).toMatchObject(
      {
        application: { uid: sandbox.clientId },
      },
    );
    await client.TokenService.revokeToken!({ accessToken });
    expect(sandbox.liveTokens).toEqual([]);
  });

  it('asks for a payment, follows it and believes its callback', async () => {
    const location = await stk();
    expect(
      await client.StkService.getStatus!({ location, accessToken }),
    ).toMatchObject({ data: { attributes: { status: 'Pending' } } });
    sandbox.pay(idOf(location));
    expect(
      await client.StkService.getStatus!({ location, accessToken }),
    ).toMatchObject({ data: { attributes: { status: 'Success' } } });
    await sandbox.waitForDelivery();
    const [delivery] = app.seen;
    expect(await checked(delivery!)).toMatchObject({
      data: { id: idOf(location) },
    });
  });

  it('does not believe a callback with a wrong signature', async () => {
    sandbox.failNextDelivery({ kind: 'wrong-signature' });
    sandbox.pay(idOf(await stk()));
    await sandbox.waitForDelivery();
    await expect(checked(app.seen[0]!)).rejects.toContain('401');
  });

  it('pays a recipient of its own', async () => {
    const recipient = await client.PayService.addPayRecipient!({
      type: 'till',
      tillName: 'Duka',
      tillNumber: '12',
      accessToken,
    });
    expect(String(recipient)).toContain('/api/v1/pay_recipients/');
    const location = await client.PayService.sendPay!({
      destinationType: 'till',
      destinationReference: idOf(recipient),
      amount: 20,
      currency: 'KES',
      description: 'Rent',
      category: 'general',
      tags: 'a,b',
      callbackUrl,
      metadata: {},
      accessToken,
    });
    sandbox.transfer(idOf(location));
    expect(
      await client.PayService.getStatus!({ location, accessToken }),
    ).toMatchObject({ data: { attributes: { status: 'Processed' } } });
  });

  it('settles to an own account, and the whole balance', async () => {
    const account = await client.TransferService.createMerchantBankAccount!({
      accountName: 'Duka',
      accountNumber: '001',
      bankBranchRef: '9ed38155-7d6f-11e3-83c3-5404a6144203',
      settlementMethod: 'EFT',
      accessToken,
    });
    for (const target of [
      {
        amount: 100,
        currency: 'KES',
        destinationType: 'merchant_bank_account',
        destinationReference: idOf(account),
      },
      {},
    ]) {
      const location = await client.TransferService.settleFunds!({
        ...target,
        callbackUrl,
        accessToken,
      });
      sandbox.transfer(idOf(location));
      expect(
        await client.TransferService.getStatus!({ location, accessToken }),
      ).toMatchObject({ data: { type: 'settlement_transfer' } });
    }
  });

  it('reads the history and subscribes to events, which it believes', async () => {
    const location = await client.Webhooks.subscribe!({
      eventType: 'buygoods_transaction_received',
      url: `${app.url}/webhook`,
      scope: 'till',
      scopeReference: '400001',
      accessToken,
    });
    expect(String(location)).toContain('/api/v1/webhook_subscriptions/');
    const { reference } = sandbox.receive({
      tillNumber: '400001',
      phoneNumber: '+254712345678',
      amount: 70,
    });
    await sandbox.waitForDelivery();
    expect(await checked(app.seen[0]!)).toMatchObject({
      topic: 'buygoods_transaction_received',
    });
    const poll = await client.PollingService.pollTransactions!({
      scope: 'company',
      scopeReference: '',
      fromTime: new Date(Date.now() - 60_000).toISOString(),
      toTime: new Date(Date.now() + 60_000).toISOString(),
      callbackUrl,
      accessToken,
    });
    expect(
      JSON.stringify(
        await client.PollingService.getStatus!({ location: poll, accessToken }),
      ),
    ).toContain(reference);
  });
});
