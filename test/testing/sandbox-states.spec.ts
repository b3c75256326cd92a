import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hashPhone } from './phone.hash.js';
import type { Json } from './delivery.receiver.js';
import { Merchant } from './sandbox.merchant.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?\+03:00$/;
const CODE = /^S[A-Z\d]{9}$/;
const time = expect.stringMatching(TIME);
const code = expect.stringMatching(CODE);
const text = expect.any(String);

let shop: Merchant;

beforeEach(async () => {
  shop = await Merchant.open();
});
afterEach(() => shop[Symbol.asyncDispose]());

const LINKS = { _links: { callback_url: 'https://shop.example/k2' } };
const attributesOf = async (path: string): Promise<Json> =>
  (await shop.read(path)).attributes;

const link = () =>
  shop.create('v2/payment_links', {
    till_number: '400001',
    currency: 'KES',
    amount: '1500',
    ...LINKS,
  });
const linkAt = async (id: string) =>
  (await attributesOf(`v2/payment_links/${id}`)).payment_link;
const payout = (...destinations: Json[]) =>
  shop.create('v2/send_money', { destinations, currency: 'KES', ...LINKS });
const toPhone = (phone_number: string): Json => ({
  type: 'mobile_wallet',
  amount: 500,
  network: 'Safaricom',
  nickname: 'Ben',
  description: 'July',
  phone_number,
});
const reversalOf = (transaction_reference: string) =>
  shop.create('v2/reversals', {
    transaction_reference,
    reason: 'twice',
    ...LINKS,
  });
const poll = async (given: Json, version = 'v2'): Promise<Json[]> => {
  const id = await shop.create(`${version}/polling`, {
    scope: 'company',
    from_time: '2026-08-01T00:00:00+03:00',
    to_time: '2026-08-02T00:00:00+03:00',
    ...LINKS,
    ...given,
  });
  return (await attributesOf(`v2/polling/${id}`)).transactions as Json[];
};
const referencesOf = (transactions: Json[]) =>
  transactions.map(({ resource }) => (resource as Json).reference);

describe('an incoming payment', () => {
  it.each(['v1', 'v2'])('of %s that is paid has a transaction', async (v) => {
    const id = await shop.ask({}, v);
    shop.sandbox.pay(id, { reference: 'SH1ABC2DEF', lastName: 'Otieno' });
    expect(await attributesOf(`${v}/incoming_payments/${id}`)).toMatchObject({
      status: 'Success',
      metadata: { order: 'A-17' },
      event: {
        type: 'Incoming Payment Request',
        errors: null,
        resource: {
          id: text,
          reference: 'SH1ABC2DEF',
          origination_time: time,
          sender_phone_number: '+254712345678',
          hashed_sender_phone: hashPhone('254712345678'),
          amount: '150.0',
          currency: 'KES',
          till_number: 'K700001',
          system: 'Lipa Na M-PESA',
          status: 'Received',
          sender_first_name: 'Ana',
          sender_middle_name: null,
          sender_last_name: 'Otieno',
        },
      },
    });
  });

  it('may be paid by another phone, with another amount', async () => {
    const id = await shop.ask();
    shop.sandbox.pay(id, { amount: 149.5, phoneNumber: '+254110000001' });
    const [transaction] = shop.sandbox.transactions;
    expect(transaction).toMatchObject({
      amount: 149.5,
      phoneNumber: '+254110000001',
      tillNumber: 'K700001',
      firstName: 'Ana',
      status: 'Received',
      reference: code,
    });
    expect(Object.isFrozen(transaction)).toBe(true);
    const { event } = await attributesOf(`v2/incoming_payments/${id}`);
    expect((event as { resource: Json }).resource.amount).toBe('149.5');
  });

  it('that fails says why in a text', async () => {
    const [one, two] = [
      await shop.ask(),
      await shop.ask({ subscriber: { phone_number: '+254110000001' } }),
    ];
    shop.sandbox.fail(one);
    shop.sandbox.fail(two, 'The initiator information is invalid.');
    for (const [id, errors] of [
      [one, 'The balance is insufficient for the transaction'],
      [two, 'The initiator information is invalid.'],
    ]) {
      expect(await attributesOf(`v2/incoming_payments/${id}`)).toMatchObject({
        status: 'Failed',
        event: { type: 'Incoming Payment Request', resource: null, errors },
      });
    }
    expect(shop.sandbox.transactions).toEqual([]);
  });
});

describe('a payment link', () => {
  it('that is paid has other fields, an integer phone among them', async () => {
    const id = await link();
    const before = (await linkAt(id)) as Json;
    shop.sandbox.pay(id, { reference: 'SH1ABC2DEF' });
    expect(await linkAt(id)).toEqual({
      status: 'Paid',
      expires_at: before.expires_at,
      link: before.link,
      transaction_reference: 'SH1ABC2DEF',
      sender_phone_number: 254712345678,
      origination_time: time,
    });
    expect(shop.sandbox.transactions[0]).toMatchObject({
      amount: 1500,
      tillNumber: '400001',
    });
  });

  it.each([undefined, '{}', 'null', ''])(
    'is cancelled by a body of %j, once',
    async (body) => {
      const id = await link();
      const path = `v2/payment_links/${id}/cancel`;
      const answer = await shop.post(path, body);
      expect([answer.status, JSON.parse(answer.body)]).toEqual([
        200,
        { message: 'Payment link cancelled.' },
      ]);
      expect(await linkAt(id)).toMatchObject({
        payment_link_status: 'cancelled',
      });
      const again = await shop.post(path, body);
      expect([again.status, JSON.parse(again.body)]).toEqual([
        400,
        {
          error_code: 400,
          error_message: 'Payment link cannot be cancelled',
        },
      ]);
      expect(() => shop.sandbox.pay(id)).toThrow('has reached its end');
    },
  );

  it('expires on demand', async () => {
    const id = await link();
    shop.sandbox.expire(id);
    expect(await linkAt(id)).toMatchObject({ payment_link_status: 'expired' });
  });
});

describe('a payout', () => {
  const disbursed = {
    amount: '500.0',
    status: 'Transferred',
    errors: null,
    nickname: 'Ben',
    favourite: false,
    phone_number: '254712345678',
    network: 'Safaricom',
    destination_type: 'mobile_wallet',
    origination_time: time,
    destination_reference: text,
    transaction_reference: code,
  };
  const failed = {
    ...disbursed,
    status: 'Failed',
    errors: ['No such wallet'],
    transaction_reference: null,
  };
  const batch = (disbursement: Json) => ({
    status: disbursement.status,
    amount: disbursement.amount,
    disbursements: [disbursement],
  });

  it('that is transferred has one batch for each destination', async () => {
    const id = await payout(toPhone('254712345678'), {
      type: 'bank_account',
      amount: 1000,
      description: 'July',
      account_name: 'Ben',
      account_number: '12',
      bank_branch_ref: 'branch',
    });
    shop.sandbox.transfer(id);
    const attributes = await attributesOf(`v2/send_money/${id}`);
    expect(attributes.status).toBe('Processed');
    expect(attributes.errors).toBeNull();
    expect(attributes.transfer_batches).toEqual([
      batch(disbursed),
      batch({
        amount: '1000.0',
        status: 'Transferred',
        errors: null,
        nickname: null,
        favourite: false,
        account_name: 'Ben',
        account_number: '12',
        bank_branch_ref: 'branch',
        destination_type: 'bank_account',
        origination_time: time,
        destination_reference: text,
        transaction_reference: null,
      }),
    ]);
  });

  it('that fails is processed all the same, and no money has moved', async () => {
    const id = await payout(toPhone('254712345678'));
    shop.sandbox.failTransfer(id, 'No such wallet');
    expect(await attributesOf(`v2/send_money/${id}`)).toMatchObject({
      status: 'Processed',
      transfer_batches: [batch(failed)],
    });
  });

  it('may reach a part of its destinations', async () => {
    const phones = ['254712345678', '254712345679', '254712345670'];
    const id = await payout(...phones.map(toPhone));
    shop.sandbox.failTransfer(id, 'No such wallet', { destinations: [1] });
    const { transfer_batches } = await attributesOf(`v2/send_money/${id}`);
    expect((transfer_batches as Json[]).map(({ status }) => status)).toEqual([
      'Transferred',
      'Failed',
      'Transferred',
    ]);
  });

  it('of the whole balance moves what the test says', async () => {
    const id = await payout();
    shop.sandbox.transfer(id, { amount: 4200, reference: 'SH1ABC2DEF' });
    expect(await attributesOf(`v2/send_money/${id}`)).toMatchObject({
      destinations: null,
      transfer_batches: [
        {
          amount: '4200.0',
          disbursements: [
            {
              destination_type: 'merchant_bank_account',
              transaction_reference: 'SH1ABC2DEF',
            },
          ],
        },
      ],
    });
  });

  it('of version 1 speaks version 1', async () => {
    const ask = () =>
      shop.create('v1/payments', {
        destination_type: 'mobile_wallet',
        destination_reference: 'wallet-ref',
        amount: { currency: 'KES', value: 1500 },
        description: 'July',
        ...LINKS,
      });
    const [one, two] = [await ask(), await ask()];
    shop.sandbox.transfer(one);
    shop.sandbox.failTransfer(two, 'No such wallet');
    const disbursement = {
      amount: '1500',
      status: 'Transferred',
      destination_type: 'Mobile Wallet',
      origination_time: time,
      destination_reference: 'wallet-ref',
      transaction_reference: code,
    };
    expect((await shop.read(`v1/payments/${one}`)).attributes).toEqual({
      status: 'Processed',
      created_at: time,
      amount: { currency: 'KES', value: 1500 },
      transfer_batches: [
        {
          status: 'Transferred',
          amount: '1500',
          disbursements: [disbursement],
        },
      ],
      metadata: null,
      _links: { callback_url: text, self: text },
    });
    expect((await shop.read(`v1/payments/${two}`)).attributes).toMatchObject({
      status: 'Processed',
      transfer_batches: [
        {
          status: 'Failed',
          disbursements: [
            {
              status: 'Failed',
              errors: ['No such wallet'],
              transaction_reference: null,
            },
          ],
        },
      ],
    });
  });
});

describe('a settlement transfer', () => {
  it('of version 1, targeted or blind, names its account as it was asked to', async () => {
    const targeted = await shop.create('v1/settlement_transfers', {
      amount: { currency: 'KES', value: '700' },
      destination_type: 'merchant_wallet',
      destination_reference: 'wallet-ref',
      ...LINKS,
    });
    const blind = await shop.create('v1/settlement_transfers', LINKS);
    shop.sandbox.transfer(targeted);
    shop.sandbox.transfer(blind, { amount: 4200 });
    for (const [id, value, amount, destination_type] of [
      [targeted, 700, '700', 'merchant_wallet'],
      [blind, null, '4200', 'merchant_bank_account'],
    ] as const) {
      expect(await attributesOf(`v1/settlement_transfers/${id}`)).toMatchObject(
        {
          status: 'Processed',
          amount: { currency: 'KES', value },
          transfer_batches: [
            {
              status: 'Transferred',
              disbursements: [{ amount, destination_type }],
            },
          ],
        },
      );
    }
  });

  it('may fail', async () => {
    const id = await shop.create('v1/settlement_transfers', LINKS);
    shop.sandbox.failTransfer(id);
    expect(await attributesOf(`v1/settlement_transfers/${id}`)).toMatchObject({
      status: 'Processed',
      transfer_batches: [{ status: 'Failed' }],
    });
  });
});

describe('a reversal', () => {
  it('that succeeds adds a reversed transaction beside the one that was paid', async () => {
    const paid = await shop.ask();
    shop.sandbox.pay(paid, { reference: 'SH1ABC2DEF' });
    const id = await reversalOf('SH1ABC2DEF');
    shop.sandbox.reverse(id);
    expect(await attributesOf(`v2/reversals/${id}`)).toMatchObject({
      status: 'Processed',
      transaction_reference: 'SH1ABC2DEF',
      errors: null,
      reversal_bulk_payment: {
        amount: '150.0',
        status: 'Transferred',
        origination_time: time,
        transaction_reference: code,
      },
    });
    expect(
      shop.sandbox.transactions.map(({ reference, status }) => [
        reference,
        status,
      ]),
    ).toEqual([
      ['SH1ABC2DEF', 'Received'],
      ['SH1ABC2DEF', 'Reversed'],
    ]);
  });

  it('that fails is processed, its bulk payment cancelled, and may be asked for again', async () => {
    const { reference } = shop.sandbox.receive({ tillNumber: '1', amount: 20 });
    const id = await reversalOf(reference);
    shop.sandbox.fail(id, 'No balance');
    expect(await attributesOf(`v2/reversals/${id}`)).toMatchObject({
      status: 'Processed',
      errors: ['No balance'],
      reversal_bulk_payment: {
        amount: '20.0',
        status: 'Cancelled',
        transaction_reference: null,
      },
    });
    shop.sandbox.reverse(await reversalOf(reference));
  });
});

describe('the history', () => {
  const receive = (reference: string, at: string, given: Json = {}) =>
    shop.sandbox.receive({
      tillNumber: '400001',
      amount: 10,
      reference,
      at: new Date(at),
      ...given,
    });

  beforeEach(() => {
    receive('LAST', '2026-08-01T20:59:59.999Z', { tillNumber: '400002' });
    receive('EARLY', '2026-07-31T20:59:59.999Z');
    receive('FIRST', '2026-07-31T21:00:00Z');
    receive('LATE', '2026-08-01T21:00:00.001Z');
    receive('TILL', '2026-08-01T12:00:00Z', { sendingTill: '999' });
  });

  it.each(['v1', 'v2'])(
    'of the company lists what came in between two times, both included, by time (%s)',
    async (version) => {
      const found = await poll({ scope_reference: null }, version);
      expect(referencesOf(found)).toEqual(['FIRST', 'TILL', 'LAST']);
    },
  );

  it('of a till lists that till alone', async () => {
    const found = await poll({ scope: 'till', scope_reference: '400002' });
    expect(referencesOf(found)).toEqual(['LAST']);
  });

  it('tells customers and other tills apart, in the words of webhooks', async () => {
    const [customer, till] = await poll({});
    expect(customer).toEqual({
      type: 'Buygoods Transaction',
      resource: {
        id: text,
        reference: 'FIRST',
        origination_time: '2026-08-01T00:00:00+03:00',
        amount: '10.0',
        currency: 'KES',
        till_number: '400001',
        system: 'Lipa Na M-PESA',
        status: 'Received',
        sender_phone_number: '+254712345678',
        hashed_sender_phone:
          '7132104d6aae9c3fac82095a42c2817952bca48e09d98d5bf4ac08218982fb90',
        sender_first_name: 'Ana',
        sender_middle_name: null,
        sender_last_name: 'Buyer',
      },
    });
    expect(till).toEqual({
      type: 'External Till to Till Transaction',
      resource: {
        id: text,
        reference: 'TILL',
        origination_time: '2026-08-01T15:00:00+03:00',
        amount: '10.0',
        currency: 'KES',
        till_number: '400001',
        system: 'Lipa Na M-PESA',
        status: 'Complete',
        sending_till: '999',
      },
    });
  });

  it('holds what was paid through the API, and what was reversed', async () => {
    shop.sandbox.pay(await shop.ask(), { reference: 'STK' });
    shop.sandbox.pay(await link(), { reference: 'LINK' });
    shop.sandbox.reverse(await reversalOf('STK'));
    const now = Date.now();
    const found = await poll({
      from_time: new Date(now - 60_000).toISOString(),
      to_time: new Date(now + 60_000).toISOString(),
    });
    expect(
      found.map(({ resource }) => {
        const { reference, status } = resource as Json;
        return [reference, status];
      }),
    ).toEqual([
      ['STK', 'Received'],
      ['LINK', 'Received'],
      ['STK', 'Reversed'],
    ]);
  });

  it('is each application’s own', async () => {
    await using two = await Merchant.open({
      applications: [
        { clientId: 'a', clientSecret: 'a' },
        { clientId: 'b', clientSecret: 'b' },
      ],
    });
    const at = new Date('2026-08-01T12:00:00Z');
    two.sandbox.receive({ tillNumber: '1', amount: 1, at, clientId: 'b' });
    const id = await two.create('v2/polling', {
      scope: 'company',
      from_time: '2026-08-01T00:00:00Z',
      to_time: '2026-08-02T00:00:00Z',
      ...LINKS,
    });
    const { attributes } = await two.read(`v2/polling/${id}`);
    expect(attributes.transactions).toEqual([]);
    expect(() =>
      two.sandbox.receive({ tillNumber: '1', amount: 1, clientId: 'c' }),
    ).toThrow('no application has this clientId');
  });
});

describe('a change of state that makes no sense is an error that says so', () => {
  it.each([
    'pay',
    'fail',
    'transfer',
    'failTransfer',
    'reverse',
    'expire',
  ] as const)('%s of an unknown id', (move) => {
    expect(() => shop.sandbox[move]('nobody')).toThrow(
      'KopoKopoSandbox: nothing with the id nobody was created.',
    );
  });

  it('one that the resource does not know', async () => {
    const id = await shop.ask();
    expect(() => shop.sandbox.transfer(id)).toThrow(
      'KopoKopoSandbox: transfer is no change of state of incoming_payments (pay, fail).',
    );
    const subscription = await shop.subscribe('customer_created', '/hook');
    expect(() => shop.sandbox.pay(subscription)).toThrow(
      'pay is no change of state of webhook_subscriptions (they have none)',
    );
  });

  it('one of something that has reached its end', async () => {
    const id = await shop.ask();
    shop.sandbox.pay(id);
    expect(() => shop.sandbox.fail(id)).toThrow(
      `KopoKopoSandbox: incoming_payments/${id} has reached its end and can't change any more.`,
    );
  });
});

describe('autoComplete', () => {
  const open = async (outcome: 'success' | 'failure', after = 5) => {
    await shop[Symbol.asyncDispose]();
    shop = await Merchant.open({ autoComplete: { after, outcome } });
  };
  const endOf = async (path: string, body: Json): Promise<Json> => {
    const id = await shop.create(path, { ...body, ...shop.links });
    await shop.sandbox.waitForDelivery({ about: id });
    return attributesOf(`${path}/${id}`);
  };
  const RESULTS = {
    'v2/incoming_payments': () => shop.incomingPayment(),
    'v2/send_money': () => ({ currency: 'KES' }),
    'v2/payment_links': () => ({
      currency: 'KES',
      till_number: '1',
      amount: 10,
    }),
    'v1/payments': () => ({
      destination_type: 'till',
      destination_reference: 'ref',
      amount: { currency: 'KES', value: 10 },
      description: 'July',
    }),
    'v1/settlement_transfers': () => ({}),
    'v2/reversals': () => ({
      transaction_reference: shop.sandbox.receive({
        tillNumber: '1',
        amount: 1,
      }).reference,
      reason: 'twice',
    }),
  };

  it.each(Object.entries(RESULTS))(
    'brings %s to its end',
    async (path, body) => {
      await open('success');
      const good = JSON.stringify(await endOf(path, body()));
      expect(good).toMatch(/"(Success|Transferred|Paid)"/);
      await open('failure');
      const bad = JSON.stringify(await endOf(path, body()));
      expect(bad).toMatch(/"(Failed|Cancelled|expired)"/);
    },
  );

  it('leaves alone what a test has moved', async () => {
    // Time enough for a busy machine to create and to pay.
    await open('failure', 500);
    const id = await shop.ask();
    shop.sandbox.pay(id);
    await shop.sandbox.waitForDelivery({ about: id });
    await new Promise((resolve) => setTimeout(resolve, 550));
    expect(shop.sandbox.deliveries).toHaveLength(1);
    expect(await attributesOf(`v2/incoming_payments/${id}`)).toMatchObject({
      status: 'Success',
    });
  });
});

describe('reset', () => {
  it('forgets what was created, received and sent', async () => {
    const id = await shop.ask();
    shop.sandbox.pay(id);
    shop.sandbox.reset();
    expect(shop.sandbox.transactions).toEqual([]);
    expect(shop.sandbox.deliveries).toEqual([]);
    expect(() => shop.sandbox.pay(id)).toThrow('nothing with the id');
  });
});
