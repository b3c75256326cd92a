import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import {
  InjectKopoKopoClient,
  KopoKopoClient,
  KopoKopoModule,
  KopoKopoRateLimitError,
  KopoKopoRefusedError,
  Money,
} from '../../../lib/index.js';
import { KopoKopoSandbox } from '../../../lib/testing/index.js';
import { boot, failureOf } from '../../support/boot.js';
import { DeliveryReceiver } from '../../testing/delivery.receiver.js';

declare const NEST_MAJOR: 11 | 12;

const DESTINATION = {
  type: 'mobile_wallet',
  phoneNumber: '0712345678',
  network: 'Safaricom',
  amount: 500,
  description: 'July',
} as const;

describe(`A shop on Nest ${NEST_MAJOR}`, () => {
  let sandbox: KopoKopoSandbox;
  let receiver: DeliveryReceiver;
  let app: INestApplicationContext;
  let client: KopoKopoClient;
  let callbackUrl: string;

  beforeEach(async () => {
    sandbox = await KopoKopoSandbox.start();
    receiver = await DeliveryReceiver.start();
    callbackUrl = `${receiver.url}/callback`;
    app = await boot(KopoKopoModule.forRoot(sandbox.moduleOptions));
    client = app.get(KopoKopoClient);
  });
  afterEach(async () => {
    await app.close();
    await sandbox.stop();
    await receiver[Symbol.asyncDispose]();
  });

  function payment(): Parameters<typeof client.incomingPayments.create>[0] {
    return {
      tillNumber: 'K700001',
      phoneNumber: '0712 345 678',
      amount: 150,
      reference: 'A-17',
      callbackUrl,
    };
  }

  it('is paid: it waits for the end and has the receipt, and its callback says the same', async () => {
    const request = await client.incomingPayments.create(payment());
    expect(await client.incomingPayments.get(request)).toMatchObject({
      id: request.id,
      status: 'Pending',
      isFinal: false,
      reference: 'A-17',
    });
    sandbox.pay(request.id, { reference: 'SH1ABC2DEF' });
    const paid = await client.incomingPayments.waitUntilFinal(request);
    expect(paid).toMatchObject({
      isPaid: true,
      transaction: {
        reference: 'SH1ABC2DEF',
        amount: Money.of(150),
        phoneNumber: '+254712345678',
        tillNumber: 'K700001',
      },
    });
    await sandbox.waitForDelivery();
    expect(receiver.bodies('/callback')).toMatchObject([
      { data: { id: request.id, attributes: { status: 'Success' } } },
    ]);
  });

  it('is told why a customer did not pay', async () => {
    const request = await client.incomingPayments.create(payment());
    sandbox.fail(request.id, 'The balance is insufficient.');
    expect(await client.incomingPayments.waitUntilFinal(request)).toMatchObject(
      {
        isPaid: false,
        isFinal: true,
        failures: ['The balance is insufficient.'],
      },
    );
  });

  it('does not ring a phone twice', async () => {
    await client.incomingPayments.create(payment());
    const other = { ...payment(), reference: 'another' };
    const error = await failureOf(client.incomingPayments.create(other));
    expect(error).toBeInstanceOf(KopoKopoRateLimitError);
    expect(error).toMatchObject({ outcome: 'rejected' });
  });

  it('pays a supplier, and is told where a part of it failed', async () => {
    const request = await client.sendMoney.create({
      destinations: [
        DESTINATION,
        { type: 'till', tillNumber: '12', amount: 10, description: 'Rent' },
      ],
      callbackUrl,
    });
    expect(await client.sendMoney.get(request)).toMatchObject({
      isTransferred: false,
    });
    sandbox.failTransfer(request.id, 'Closed', { destinations: [1] });
    const half = await client.sendMoney.waitUntilFinal(request);
    expect(half).toMatchObject({ isFinal: true, isTransferred: false });
    expect(half.failures).toContain('Closed');

    const whole = await client.sendMoney.create({
      destinations: [DESTINATION],
      callbackUrl,
    });
    sandbox.transfer(whole.id);
    expect(await client.sendMoney.waitUntilFinal(whole)).toMatchObject({
      isTransferred: true,
    });
    const sweep = await client.sendMoney.sweep({ callbackUrl });
    sandbox.transfer(sweep.id);
    expect(await client.sendMoney.waitUntilFinal(sweep)).toMatchObject({
      isTransferred: true,
      destinations: [],
    });
  });

  it('gives a payment back, and finds both in the history', async () => {
    const { reference } = sandbox.receive({
      tillNumber: 'K700001',
      phoneNumber: '+254712345678',
      amount: 70,
    });
    const request = await client.reversals.create({
      transactionReference: reference,
      reason: 'Returned',
      callbackUrl,
    });
    sandbox.reverse(request.id);
    expect(await client.reversals.waitUntilFinal(request)).toMatchObject({
      isReversed: true,
      amount: Money.of(70),
    });
    const found: unknown[] = [];
    const minute = 60_000;
    for await (const one of client.polling.transactions({
      scope: 'company',
      from: new Date(Date.now() - minute),
      to: new Date(Date.now() + minute),
      callbackUrl,
    })) {
      found.push([one.reference, one.status]);
    }
    expect(found).toEqual(
      expect.arrayContaining([
        [reference, 'Received'],
        [reference, 'Reversed'],
      ]),
    );
  });

  it('makes a payment link, has it paid, and cancels another', async () => {
    const link = { tillNumber: 'K700001', amount: 1_500, callbackUrl };
    const request = await client.paymentLinks.create(link);
    expect(await client.paymentLinks.get(request)).toMatchObject({
      linkStatus: 'active',
      link: expect.stringMatching(/^http/),
    });
    sandbox.pay(request.id);
    expect(await client.paymentLinks.waitUntilFinal(request)).toMatchObject({
      isPaid: true,
      phoneNumber: expect.stringMatching(/^\+254/),
    });
    const other = await client.paymentLinks.create(link);
    await client.paymentLinks.cancel(other);
    expect(await client.paymentLinks.waitUntilFinal(other)).toMatchObject({
      linkStatus: 'cancelled',
      isPaid: false,
    });
  });

  it('creates recipients, own accounts and subscriptions and reads them', async () => {
    const recipient = await client.externalRecipients.create({
      type: 'till',
      tillName: 'Duka',
      tillNumber: '12',
    });
    expect(await client.externalRecipients.get(recipient)).toMatchObject({
      recipientType: 'till',
      tillNumber: '12',
    });
    const account = await client.merchantBankAccounts.create({
      accountName: 'Duka',
      accountNumber: '001',
      bankBranchRef: '9ed38155-7d6f-11e3-83c3-5404a6144203',
      settlementMethod: 'EFT',
    });
    expect(await client.merchantBankAccounts.get(account)).toMatchObject({
      accountNumber: '001',
    });
    const wallet = await client.merchantWallets.create({
      firstName: 'Ana',
      lastName: 'Owner',
      phoneNumber: '0712345678',
      network: 'Safaricom',
    });
    expect(await client.merchantWallets.get(wallet)).toMatchObject({
      phoneNumber: '+254712345678',
    });
    const subscription = await client.webhookSubscriptions.create({
      eventType: 'buygoods_transaction_received',
      url: `${receiver.url}/webhook`,
      scope: 'company',
    });
    expect(await client.webhookSubscriptions.get(subscription)).toMatchObject({
      eventType: 'buygoods_transaction_received',
      scope: 'company',
    });
    sandbox.receive({
      tillNumber: 'K700001',
      phoneNumber: '+254712345678',
      amount: 5,
    });
    await sandbox.waitForDelivery();
    expect(receiver.bodies('/webhook')).toMatchObject([
      { topic: 'buygoods_transaction_received' },
    ]);
  });

  it('uses what only v1 has', async () => {
    const recipient = await client.v1.payRecipients.create({
      type: 'till',
      tillName: 'Duka',
      tillNumber: '12',
    });
    expect(await client.v1.payRecipients.get(recipient)).toMatchObject({
      type: 'pay_recipient',
    });
    const settlement = await client.v1.settlementTransfers.create({
      callbackUrl,
    });
    sandbox.transfer(settlement.id);
    expect(
      await client.v1.settlementTransfers.waitUntilFinal(settlement),
    ).toMatchObject({ isTransferred: true });
  });

  it('is told in the words of Kopo Kopo what it refuses', async () => {
    const error = await failureOf(
      client.reversals.create({
        transactionReference: 'NONE',
        reason: 'Returned',
        callbackUrl,
      }),
    );
    expect(error).toBeInstanceOf(KopoKopoRefusedError);
    expect(error).toMatchObject({ outcome: 'rejected', status: 400 });
    expect((error as KopoKopoRefusedError).messages.join()).toMatch(
      /[Tt]ransaction reference/,
    );
  });

  it('may have several accounts side by side', async () => {
    class Shop {
      constructor(
        @InjectKopoKopoClient('second') readonly second: KopoKopoClient,
      ) {}
    }
    const both = await boot({
      module: class Both {},
      imports: [
        KopoKopoModule.forRoot(sandbox.moduleOptions),
        KopoKopoModule.forRoot({ ...sandbox.moduleOptions, name: 'second' }),
      ],
      providers: [Shop],
    });
    const { second } = both.get(Shop);
    expect(second).not.toBe(both.get(KopoKopoClient));
    const request = await second.incomingPayments.create(payment());
    expect(request.type).toBe('incoming_payment');
    await both.close();
  });
});
