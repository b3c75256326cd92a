import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import fc from 'fast-check';
import {
  KopoKopoResponseError,
  type KopoKopoClient,
  Money,
} from '../../../lib/index.js';
import { failureOf } from '../../support/boot.js';
import {
  clientOf,
  type RecordingServer,
  recordingServer,
} from '../../support/recording-server.js';

let server: RecordingServer;
let app: INestApplicationContext;
let client: KopoKopoClient;

beforeAll(async () => {
  server = await recordingServer();
  ({ app, client } = await clientOf(server));
});
afterAll(async () => {
  await app.close();
  await server[Symbol.asyncDispose]();
});

function answered(body: unknown): void {
  server.answer = () => ({ status: 200, body });
}

function envelope(type: string, attributes: object): object {
  return { data: { id: 'the-id', type, attributes } };
}

const LINKS = { callback_url: 'https://shop.example/k2', self: 'https://k2/x' };

const RESOURCE = {
  id: 'txn-uuid',
  reference: 'SH1ABC2DEF',
  origination_time: '2026-08-01T09:15:12+03:00',
  sender_phone_number: '+254712345678',
  hashed_sender_phone: 'ab'.repeat(32),
  amount: '150.0',
  currency: 'KES',
  till_number: 'K700001',
  system: 'Lipa Na M-PESA',
  status: 'Received',
  sender_first_name: 'Ana',
  sender_middle_name: null,
  sender_last_name: 'Buyer',
};

function stk(status: string, event: object | null, more: object = {}): object {
  return envelope('incoming_payment', {
    initiation_time: '2026-08-01T09:15:00.120+03:00',
    status,
    event: event && { type: 'Incoming Payment Request', ...event },
    metadata: { order: 'A-17', reference: 'R-1' },
    _links: LINKS,
    ...more,
  });
}

describe('An incoming payment', () => {
  it('that is paid is read in full', async () => {
    answered(stk('Success', { errors: null, resource: RESOURCE }));
    const payment = await client.incomingPayments.get('the-id');
    expect(payment).toEqual({
      id: 'the-id',
      type: 'incoming_payment',
      status: 'Success',
      isFinal: true,
      isPaid: true,
      failures: [],
      initiatedAt: new Date('2026-08-01T06:15:00.120Z'),
      metadata: { order: 'A-17', reference: 'R-1' },
      reference: 'R-1',
      callbackUrl: LINKS.callback_url,
      transaction: {
        id: 'txn-uuid',
        type: 'Incoming Payment Request',
        reference: 'SH1ABC2DEF',
        amount: Money.of(150),
        status: 'Received',
        system: 'Lipa Na M-PESA',
        tillNumber: 'K700001',
        phoneNumber: '+254712345678',
        hashedPhoneNumber: 'ab'.repeat(32),
        firstName: 'Ana',
        lastName: 'Buyer',
        occurredAt: new Date('2026-08-01T06:15:12Z'),
        raw: {},
      },
      raw: {},
    });
    expect(Object.isFrozen(payment)).toBe(true);
    expect(Object.isFrozen(payment.transaction)).toBe(true);
    expect(JSON.parse(JSON.stringify(payment))).toMatchObject({
      initiatedAt: '2026-08-01T06:15:00.120Z',
      transaction: { amount: { currency: 'KES', value: '150.00' } },
    });
  });

  it.each([
    ['Pending', false, false],
    ['Received', false, false],
    ['Success', true, true],
    ['Failed', true, false],
    ['Paid', false, false],
    ['', false, false],
  ])(
    'whose status is "%s": final %p, paid %p',
    async (status, isFinal, isPaid) => {
      answered(stk(status, { errors: null, resource: null }));
      const payment = await client.incomingPayments.get('the-id');
      expect(payment).toMatchObject({ status, isFinal, isPaid });
      expect(payment).not.toHaveProperty('transaction');
    },
  );

  it.each([
    [null, []],
    [[], []],
    ['', []],
    ['No money', ['No money']],
    [
      ['No money', 'No phone'],
      ['No money', 'No phone'],
    ],
    [[{ code: 1 }], ['{"code":1}']],
  ])('whose errors are %j says %j', async (errors, failures) => {
    answered(stk('Failed', { errors, resource: null }));
    const payment = await client.incomingPayments.get('the-id');
    expect(payment.failures).toEqual(failures);
  });

  it.each([
    ['150.0', Money.of(150)],
    ['313', Money.of(313)],
    [150.0, Money.of(150)],
    [1500, Money.of(1500)],
    [4200.5, Money.of('4200.5')],
  ])('whose amount is %j is read exactly', async (amount, money) => {
    answered(stk('Success', { resource: { ...RESOURCE, amount } }));
    const payment = await client.incomingPayments.get('the-id');
    expect(payment.transaction?.amount).toEqual(money);
  });

  it.each([[null], ['1.005'], ['a lot'], [{}]])(
    'whose amount is %j has none: it is not guessed',
    async (amount) => {
      answered(stk('Success', { resource: { ...RESOURCE, amount } }));
      const { transaction } = await client.incomingPayments.get('the-id');
      expect(transaction).not.toHaveProperty('amount');
      expect(transaction!.raw).toEqual(amount === null ? {} : { amount });
    },
  );

  it.each([[undefined], [null], [{}]])(
    'may have %j as metadata',
    async (metadata) => {
      answered(stk('Pending', null, { metadata }));
      const payment = await client.incomingPayments.get('the-id');
      expect(payment.metadata).toEqual({});
      expect(payment.failures).toEqual([]);
    },
  );

  it('keeps what the module does not know, and numbers for texts', async () => {
    answered(
      stk(
        'Success',
        {
          mood: 'good',
          resource: { ...RESOURCE, reference: 17, colour: 'red' },
        },
        { tomorrow: { x: 1 } },
      ),
    );
    const payment = await client.incomingPayments.get('the-id');
    expect(payment.raw).toEqual({
      tomorrow: { x: 1 },
      event: { mood: 'good' },
    });
    expect(payment.transaction).toMatchObject({
      reference: '17',
      raw: { colour: 'red' },
    });
  });
});

const DISBURSEMENT = {
  amount: '500.0',
  status: 'Transferred',
  errors: null,
  nickname: 'Ben',
  favourite: false,
  phone_number: '254712345678',
  destination_type: 'mobile_wallet',
  origination_time: '2026-08-01T10:00:09.000+03:00',
  destination_reference: 'dest-uuid',
  transaction_reference: 'SH1XYZ2QRS',
};
const DESTINATION = {
  type: 'mobile_wallet',
  amount: 500,
  network: 'Safaricom',
  nickname: 'Ben',
  favourite: false,
  description: 'July',
  phone_number: '254712345678',
};

function sent(status: string, more: object = {}): object {
  return envelope('send_money', {
    status,
    created_at: '2026-08-01T10:00:00.100+03:00',
    source_identifier: '400001',
    currency: 'KES',
    destinations: [DESTINATION],
    transfer_batches: [
      { status: 'Transferred', amount: '500.0', disbursements: [DISBURSEMENT] },
    ],
    errors: null,
    metadata: null,
    _links: LINKS,
    ...more,
  });
}

function batch(...changes: object[]): object {
  const disbursements = changes.map((one) => ({ ...DISBURSEMENT, ...one }));
  return { status: 'Transferred', amount: '500.0', disbursements };
}

describe('Money that is sent', () => {
  it('is read in full', async () => {
    answered(sent('Processed'));
    expect(await client.sendMoney.get('the-id')).toEqual({
      id: 'the-id',
      type: 'send_money',
      status: 'Processed',
      isFinal: true,
      isTransferred: true,
      failures: [],
      createdAt: new Date('2026-08-01T07:00:00.100Z'),
      sourceIdentifier: '400001',
      currency: 'KES',
      metadata: {},
      callbackUrl: LINKS.callback_url,
      destinations: [
        {
          type: 'mobile_wallet',
          amount: Money.of(500),
          network: 'Safaricom',
          nickname: 'Ben',
          favourite: false,
          description: 'July',
          phoneNumber: '+254712345678',
          raw: {},
        },
      ],
      transferBatches: [
        {
          status: 'Transferred',
          amount: Money.of(500),
          disbursements: [
            {
              destinationType: 'mobile_wallet',
              amount: Money.of(500),
              status: 'Transferred',
              isTransferred: true,
              failures: [],
              occurredAt: new Date('2026-08-01T07:00:09Z'),
              destinationReference: 'dest-uuid',
              transactionReference: 'SH1XYZ2QRS',
              phoneNumber: '+254712345678',
              nickname: 'Ben',
              favourite: false,
              raw: {},
            },
          ],
          raw: {},
        },
      ],
      raw: {},
    });
  });

  const two = [DESTINATION, DESTINATION];
  it.each([
    [
      'is scheduled',
      sent('Scheduled', { transfer_batches: null }),
      false,
      false,
    ],
    ['has moved', sent('Processed'), true, true],
    [
      'is not handled yet',
      sent('Scheduled', { transfer_batches: [batch({})] }),
      false,
      false,
    ],
    [
      'is handled and says nothing',
      sent('Processed', { transfer_batches: null }),
      false,
      false,
    ],
    [
      'is handled with an error alone',
      sent('Processed', { transfer_batches: [], errors: 'No balance' }),
      true,
      false,
    ],
    [
      'has one failure',
      sent('Processed', {
        destinations: two,
        transfer_batches: [batch({}), batch({ status: 'Failed' })],
      }),
      true,
      false,
    ],
    [
      'has a disbursement in an unknown state',
      sent('Processed', { transfer_batches: [batch({ status: 'Queued' })] }),
      false,
      false,
    ],
    [
      'has one destination without a disbursement',
      sent('Processed', { destinations: two }),
      false,
      false,
    ],
    [
      'has an error in a disbursement',
      sent('Processed', {
        transfer_batches: [batch({ status: 'Other', errors: ['Closed'] })],
      }),
      true,
      false,
    ],
    [
      'is a sweep that has moved',
      sent('Processed', { destinations: null, source_identifier: '' }),
      true,
      true,
    ],
    [
      'was refused as a whole',
      sent('Rejected', { transfer_batches: null }),
      true,
      false,
    ],
  ] as const)('which %s', async (_what, body, isFinal, isTransferred) => {
    answered(body);
    const money = await client.sendMoney.get('the-id');
    expect({
      isFinal: money.isFinal,
      isTransferred: money.isTransferred,
    }).toEqual({ isFinal, isTransferred });
  });
});

describe('A reversal', () => {
  const reversal = (
    status: string,
    bulk: object | null,
    errors: unknown = null,
  ) =>
    envelope('reversals', {
      status,
      created_at: '2026-08-01T10:00:00+03:00',
      transaction_reference: 'SH1ABC2DEF',
      reason: 'Returned',
      reversal_bulk_payment: bulk,
      errors,
      metadata: {},
      _links: LINKS,
    });
  const bulk = {
    amount: '150.0',
    status: 'Transferred',
    origination_time: '2026-08-01T10:00:05+03:00',
    transaction_reference: 'SH9',
  };

  it('that is done is read in full, under either name of its type', async () => {
    answered(reversal('Processed', bulk));
    expect(await client.reversals.get('the-id')).toMatchObject({
      type: 'reversals',
      isFinal: true,
      isReversed: true,
      amount: Money.of(150),
      transferStatus: 'Transferred',
      transactionReference: 'SH1ABC2DEF',
      reversalReference: 'SH9',
      reason: 'Returned',
      raw: {},
    });
  });

  it.each([
    ['Scheduled', null, null, false, false],
    ['Received', null, null, false, false],
    ['Processed', null, null, false, false],
    ['Processed', { ...bulk, status: 'Cancelled' }, null, true, false],
    [
      'Processed',
      { ...bulk, status: 'Cancelled' },
      ['No balance'],
      true,
      false,
    ],
    ['Processed', null, 'No balance', true, false],
    ['Scheduled', bulk, null, false, false],
    ['Processed', bulk, null, true, true],
  ])(
    '%s with %j and errors %j: final %p, reversed %p',
    async (status, one, errors, isFinal, isReversed) => {
      answered(reversal(status, one, errors));
      expect(await client.reversals.get('the-id')).toMatchObject({
        isFinal,
        isReversed,
      });
    },
  );
});

describe('A payment link', () => {
  const link = (inner: object, more: object = {}) =>
    envelope('payment_link', {
      status: 'Processed',
      created_at: '2026-08-01T11:00:00.000+03:00',
      till_name: 'Duka',
      till_number: '400001',
      payment_reference: 'INV-9',
      currency: 'KES',
      amount: 1500,
      note: 'August',
      errors: null,
      metadata: {},
      _links: LINKS,
      payment_link: inner,
      ...more,
    });

  it('that waits for its payer is read in full, its relative link made whole', async () => {
    answered(
      link({
        payment_link_status: 'Active',
        expires_at: '2026-08-08T11:00:00.000+03:00',
        initiator_name: 'Ana',
        link: '/links/uuid',
      }),
    );
    expect(await client.paymentLinks.get('the-id')).toMatchObject({
      linkStatus: 'active',
      isPaid: false,
      isFinal: false,
      link: `${server.url}/links/uuid`,
      amount: Money.of(1500),
      initiatorName: 'Ana',
      raw: {},
    });
  });

  it('that is paid has another shape and a phone that is a number', async () => {
    answered(
      link({
        status: 'Paid',
        expires_at: '2026-08-08T11:00:00.000+03:00',
        link: 'https://pay.example/links/uuid',
        transaction_reference: 'SH1ABC2DEF',
        sender_phone_number: 254_712_345_678,
        origination_time: '2026-08-02T11:00:00+03:00',
      }),
    );
    expect(await client.paymentLinks.get('the-id')).toMatchObject({
      linkStatus: 'paid',
      isPaid: true,
      isFinal: true,
      link: 'https://pay.example/links/uuid',
      phoneNumber: '+254712345678',
      transactionReference: 'SH1ABC2DEF',
      paidAt: new Date('2026-08-02T08:00:00Z'),
      raw: {},
    });
  });

  it.each(['expired', 'Cancelled'])('that is %s is final', async (status) => {
    answered(link({ payment_link_status: status }));
    expect(await client.paymentLinks.get('the-id')).toMatchObject({
      isFinal: true,
      isPaid: false,
    });
  });
});

describe('Other answers', () => {
  it('of polling hold the transactions, with a capitalised scope', async () => {
    answered(
      envelope('polling', {
        status: 'Success',
        from_time: '2026-08-01T00:00:00+03:00',
        to_time: '2026-08-02T00:00:00+03:00',
        scope: 'Company',
        scope_reference: null,
        transactions: [
          { type: 'Buygoods Transaction', resource: RESOURCE },
          {
            type: 'Buygoods Transaction',
            resource: { ...RESOURCE, status: 'Reversed' },
          },
        ],
        _links: LINKS,
      }),
    );
    const polling = await client.polling.get('the-id');
    expect(polling).toMatchObject({ isFinal: true, scope: 'company' });
    expect(polling).not.toHaveProperty('scopeReference');
    expect(polling.transactions.map(({ status }) => status)).toEqual([
      'Received',
      'Reversed',
    ]);
    expect(polling.transactions[0]!.type).toBe('Buygoods Transaction');
  });

  it('of recipients and own accounts are read', async () => {
    answered(
      envelope('pay_recipient', {
        recipient_type: 'Mobile Wallet',
        account_alias: null,
        status: 'Approved',
        first_name: 'Ben',
        phone_number: '+254712345678',
        recipient_reference: 'Unavailable',
      }),
    );
    expect(await client.externalRecipients.get('the-id')).toEqual({
      id: 'the-id',
      type: 'pay_recipient',
      status: 'Approved',
      recipientType: 'mobile_wallet',
      firstName: 'Ben',
      phoneNumber: '+254712345678',
      recipientReference: 'Unavailable',
      raw: {},
    });
    answered(
      envelope('merchant_bank_account', {
        status: 'Approved',
        account_reference: 'ref',
        settlement_method: 'EFT',
      }),
    );
    expect(await client.merchantBankAccounts.get('the-id')).toMatchObject({
      accountReference: 'ref',
      settlementMethod: 'EFT',
    });
    answered(envelope('merchant_wallet', { network: 'Safaricom' }));
    expect(await client.merchantWallets.get('the-id')).toMatchObject({
      status: '',
      network: 'Safaricom',
    });
  });

  it('of subscriptions call the URL as the request does', async () => {
    answered(
      envelope('webhook_subscription', {
        event_type: 'customer_created',
        webhook_uri: 'https://shop.example/k2',
        status: 'active',
        scope: 'Till',
        scope_reference: '1',
      }),
    );
    expect(await client.webhookSubscriptions.get('the-id')).toEqual({
      id: 'the-id',
      type: 'webhook_subscription',
      status: 'active',
      eventType: 'customer_created',
      url: 'https://shop.example/k2',
      scope: 'till',
      scopeReference: '1',
      raw: {},
    });
  });

  it('of v1 are read, with the words and numbers of v1', async () => {
    answered(
      envelope('settlement_transfer', {
        status: 'Transferred',
        amount: { currency: 'KES', value: null },
        transfer_batches: [
          {
            status: 'Transferred',
            amount: '99',
            disbursements: [
              {
                ...DISBURSEMENT,
                destination_type: 'Mobile Wallet',
                transaction_reference: 77,
              },
            ],
          },
        ],
        _links: LINKS,
      }),
    );
    const transfer = await client.v1.settlementTransfers.get('the-id');
    expect(transfer).toMatchObject({ isFinal: true, isTransferred: true });
    expect(transfer).not.toHaveProperty('amount');
    expect(transfer.transferBatches[0]!.disbursements[0]).toMatchObject({
      destinationType: 'mobile_wallet',
      transactionReference: '77',
    });
    answered(
      envelope('transaction_sms_notification', {
        status: 'Success',
        message: 'Hi',
        webhook_event_reference: 'e',
      }),
    );
    expect(
      await client.v1.transactionSmsNotifications.get('the-id'),
    ).toMatchObject({
      isFinal: true,
      message: 'Hi',
      webhookEventReference: 'e',
    });
  });

  it.each([
    ['nothing', undefined],
    ['a text', '"x"'],
    ['null', 'null'],
    ['a list', []],
    ['no data', {}],
    ['no attributes', { data: { id: 'a', type: 'b' } }],
    ['no id', { data: { type: 'b', attributes: {} } }],
    ['no type', { data: { id: 'a', attributes: {} } }],
  ])('that hold %s are a KopoKopoResponseError', async (_what, body) => {
    answered(body);
    const error = await failureOf(client.reversals.get('the-id'));
    expect(error).toBeInstanceOf(KopoKopoResponseError);
    expect(error).toMatchObject({ path: '/api/v2/reversals/the-id' });
  });
});

describe('Any JSON', () => {
  const readers = [
    'incomingPayments',
    'sendMoney',
    'externalRecipients',
    'merchantBankAccounts',
    'merchantWallets',
    'paymentLinks',
    'reversals',
    'polling',
    'webhookSubscriptions',
  ] as const;

  it.each(readers)(
    'is an answer of %s or a KopoKopoResponseError',
    async (name) => {
      const names = [
        'status',
        'event',
        'resource',
        'errors',
        'amount',
        'metadata',
        '_links',
        'payment_link',
        'reversal_bulk_payment',
        'transfer_batches',
        'destinations',
        'disbursements',
        'transactions',
        'created_at',
        'scope',
        'phone_number',
        '__proto__',
        'constructor',
        'toString',
      ];
      const values = fc.letrec((tie) => ({
        value: fc.oneof(
          { maxDepth: 4 },
          fc.string(),
          fc.double(),
          fc.constantFrom(
            null,
            true,
            '2026-08-01T10:00:00+03:00',
            '1.0',
            254_712_345_678,
          ),
          fc.array(tie('value'), { maxLength: 3 }),
          fc.dictionary(fc.constantFrom(...names), tie('value'), {
            maxKeys: 5,
          }),
        ),
      })).value;
      const bodies = fc.oneof(
        values,
        values.map((attributes) => ({
          data: { id: 'a', type: 'b', attributes },
        })),
      );
      await fc.assert(
        fc.asyncProperty(bodies, async (body) => {
          answered(JSON.parse(JSON.stringify(body)));
          const answer: unknown = await client[name]
            .get('the-id')
            .catch((error: unknown) => error);
          if (answer instanceof Error) {
            expect(answer).toBeInstanceOf(KopoKopoResponseError);
          } else {
            expect(answer).toMatchObject({ id: 'a', type: 'b' });
            expect(Object.isFrozen(answer)).toBe(true);
          }
          expect(typeof JSON.stringify(answer)).toBe('string');
        }),
        { numRuns: 60 },
      );
    },
  );
});
