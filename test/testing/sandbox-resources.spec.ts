import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Json } from './delivery.receiver.js';
import { bearer, call } from './sandbox.client.js';
import { Merchant } from './sandbox.merchant.js';

const NOT_THE_DATE = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+03:00$/;
const CALLBACK = 'https://shop.example/k2';
const LINKS = { _links: { callback_url: CALLBACK } };

let merchant: Merchant;

beforeAll(async () => {
  merchant = await Merchant.open({
    applications: [
      { clientId: 'shop', clientSecret: 'a' },
      { clientId: 'strict', clientSecret: 'b', tills: ['K700001', '400001'] },
    ],
  });
});
afterAll(() => merchant[Symbol.asyncDispose]());

const STK = {
  payment_channel: 'M-PESA STK Push',
  till_number: 'K700001',
  subscriber: { first_name: 'Ana', phone_number: '+254700000001' },
  amount: { currency: 'KES', value: '150' },
  metadata: { order: 'A-17' },
  ...LINKS,
};
const BANK = {
  account_name: 'Duka',
  account_number: '010001',
  bank_branch_ref: 'branch-uuid',
  settlement_method: 'EFT',
};
const WALLET = {
  first_name: 'Ana',
  last_name: 'Buyer',
  phone_number: '+254712345678',
  network: 'Safaricom',
};
const RANGE = {
  from_time: '2026-08-01T00:00:00+03:00',
  to_time: '2026-08-02T00:00:00+03:00',
};
const PAYOUT = { type: 'mobile_wallet', amount: 500, description: 'July' };
const links = { callback_url: CALLBACK, self: expect.any(String) };
const approved = { status: 'Approved', recipient_reference: 'Unavailable' };
const account = { status: 'Approved', account_reference: 'Unavailable' };

/** Path, body, `data.type` and `data.attributes` right after the creation: all of its fields. */
type Row = [name: string, path: string, body: Json, type: string, Json];

const STK_PENDING = {
  initiation_time: expect.stringMatching(TIME),
  status: 'Pending',
  event: { type: 'Incoming Payment Request', resource: null, errors: null },
  metadata: { order: 'A-17' },
  _links: links,
};
const SUBSCRIPTION = {
  event_type: 'buygoods_transaction_received',
  url: CALLBACK,
  scope: 'till',
  scope_reference: '400001',
};
const SUBSCRIBED = {
  event_type: 'buygoods_transaction_received',
  webhook_uri: CALLBACK,
  status: 'Active',
  scope: 'till',
  scope_reference: '400001',
};

const CREATED: Row[] = [
  [
    'a subscription',
    'v2/webhook_subscriptions',
    SUBSCRIPTION,
    'webhook_subscription',
    SUBSCRIBED,
  ],
  [
    'a v1 subscription',
    'v1/webhook_subscriptions',
    SUBSCRIPTION,
    'webhook_subscription',
    SUBSCRIBED,
  ],
  ['an STK push', 'v2/incoming_payments', STK, 'incoming_payment', STK_PENDING],
  [
    'a v1 STK push with a number amount and no metadata',
    'v1/incoming_payments',
    {
      ...STK,
      amount: { currency: 'KES', value: 1 },
      subscriber: { phone_number: '0110000002' },
      metadata: {},
    },
    'incoming_payment',
    { ...STK_PENDING, metadata: {} },
  ],
  [
    'a payout to a phone',
    'v2/send_money',
    {
      destinations: [
        {
          ...PAYOUT,
          phone_number: '254712345678',
          network: 'Safaricom',
          nickname: 'Ben',
        },
      ],
      currency: 'KES',
      source_identifier: '400001',
      ...LINKS,
    },
    'send_money',
    {
      status: 'Scheduled',
      created_at: expect.stringMatching(TIME),
      source_identifier: '400001',
      currency: 'KES',
      destinations: [
        {
          ...PAYOUT,
          network: 'Safaricom',
          nickname: 'Ben',
          favourite: false,
          phone_number: '254712345678',
        },
      ],
      transfer_batches: null,
      errors: null,
      metadata: null,
      _links: links,
    },
  ],
  [
    'a sweep',
    'v2/send_money',
    {
      destinations: [],
      currency: 'KES',
      source_identifier: '',
      metadata: null,
      ...LINKS,
    },
    'send_money',
    {
      status: 'Scheduled',
      created_at: expect.stringMatching(TIME),
      source_identifier: null,
      currency: 'KES',
      destinations: null,
      transfer_batches: null,
      errors: null,
      metadata: null,
      _links: links,
    },
  ],
  [
    'a wallet recipient with what ruby leaks',
    'v2/external_recipients',
    {
      type: 'mobile_wallet',
      external_recipient: {
        ...WALLET,
        email: 'a@b.example',
        type: 'mobile_wallet',
        validation_context: null,
        errors: {},
      },
    },
    'external_recipient',
    {
      recipient_type: 'Mobile Wallet',
      account_alias: null,
      ...approved,
      ...WALLET,
      email: 'a@b.example',
    },
  ],
  [
    'a bank recipient without a settlement method',
    'v2/external_recipients',
    {
      type: 'bank_account',
      external_recipient: { ...BANK, settlement_method: null, nickname: 'Ben' },
    },
    'external_recipient',
    {
      recipient_type: 'Bank Account',
      account_alias: 'Ben',
      ...approved,
      account_name: 'Duka',
      account_number: '010001',
      bank_branch_ref: 'branch-uuid',
    },
  ],
  [
    'a till recipient',
    'v2/external_recipients',
    {
      type: 'till',
      external_recipient: { till_name: 'Duka', till_number: '500001' },
    },
    'external_recipient',
    {
      recipient_type: 'Till',
      account_alias: null,
      ...approved,
      till_name: 'Duka',
      till_number: '500001',
    },
  ],
  [
    'a paybill recipient',
    'v2/external_recipients',
    {
      type: 'paybill',
      external_recipient: {
        paybill_name: 'Umeme',
        paybill_number: '888880',
        paybill_account_number: '12',
      },
    },
    'external_recipient',
    {
      recipient_type: 'Paybill',
      account_alias: null,
      ...approved,
      paybill_name: 'Umeme',
      paybill_number: '888880',
      paybill_account_number: '12',
    },
  ],
  [
    'a v1 wallet recipient, whose answer has an email',
    'v1/pay_recipients',
    {
      type: 'mobile_wallet',
      pay_recipient: { ...WALLET, phone_number: '0712345678' },
    },
    'pay_recipient',
    {
      recipient_type: 'Mobile Wallet',
      account_alias: null,
      ...approved,
      ...WALLET,
      email: null,
    },
  ],
  [
    'a v1 bank recipient',
    'v1/pay_recipients',
    { type: 'bank_account', pay_recipient: BANK },
    'pay_recipient',
    {
      recipient_type: 'Bank Account',
      account_alias: null,
      ...approved,
      ...BANK,
    },
  ],
  [
    'a pay recipient that php posts to v2',
    'v2/pay_recipients',
    {
      type: 'till',
      pay_recipient: { till_name: 'Duka', till_number: '500009' },
    },
    'pay_recipient',
    {
      recipient_type: 'Till',
      account_alias: null,
      ...approved,
      till_name: 'Duka',
      till_number: '500009',
    },
  ],
  [
    'an own bank account',
    'v2/merchant_bank_accounts',
    { ...BANK, nickname: 'main' },
    'merchant_bank_account',
    { ...BANK, ...account },
  ],
  [
    'a v1 own bank account',
    'v1/merchant_bank_accounts',
    { ...BANK, settlement_method: 'RTS' },
    'merchant_bank_account',
    { ...BANK, settlement_method: 'RTS', ...account },
  ],
  [
    'an own wallet',
    'v2/merchant_wallets',
    WALLET,
    'merchant_wallet',
    { ...WALLET, ...account },
  ],
  [
    'a v1 own wallet, whose answer has an email',
    'v1/merchant_wallets',
    { ...WALLET, phone_number: '254712345678' },
    'merchant_wallet',
    { ...WALLET, ...account, email: null },
  ],
  [
    'a payment link',
    'v2/payment_links',
    {
      till_number: '400001',
      currency: 'KES',
      amount: 1500,
      payment_reference: 'INV-9',
      note: 'August',
      ...LINKS,
    },
    'payment_link',
    {
      status: 'Processed',
      created_at: expect.stringMatching(TIME),
      till_name: 'Duka',
      till_number: '400001',
      payment_reference: 'INV-9',
      currency: 'KES',
      amount: 1500,
      note: 'August',
      errors: null,
      metadata: {},
      _links: links,
      payment_link: {
        payment_link_status: 'active',
        expires_at: expect.stringMatching(TIME),
        initiator_name: 'Ana',
        link: expect.stringMatching(/^http:.*\/links\//),
      },
    },
  ],
  [
    'a history of the company',
    'v2/polling',
    { scope: 'company', scope_reference: '', ...RANGE, ...LINKS },
    'polling',
    {
      status: 'Success',
      ...RANGE,
      scope: 'Company',
      scope_reference: null,
      transactions: [],
      _links: links,
    },
  ],
  [
    'a v1 history of a till',
    'v1/polling',
    { scope: 'till', scope_reference: '400001', ...RANGE, ...LINKS },
    'polling',
    {
      status: 'Success',
      ...RANGE,
      scope: 'Till',
      scope_reference: '400001',
      transactions: [],
      _links: links,
    },
  ],
  [
    'a v1 payment',
    'v1/payments',
    {
      destination_type: 'mobile_wallet',
      destination_reference: 'ref',
      amount: { currency: 'KES', value: '1500' },
      description: 'July',
      category: 'salaries',
      tags: 'a,b',
      metadata: { n: 1 },
      ...LINKS,
    },
    'payment',
    {
      status: 'Scheduled',
      created_at: expect.stringMatching(TIME),
      amount: { currency: 'KES', value: 1500 },
      transfer_batches: [],
      metadata: { n: 1 },
      _links: links,
    },
  ],
  [
    'a targeted settlement',
    'v1/settlement_transfers',
    {
      destination_type: 'merchant_wallet',
      destination_reference: 'ref',
      amount: { currency: 'KES', value: 700 },
      ...LINKS,
    },
    'settlement_transfer',
    {
      status: 'Scheduled',
      created_at: expect.stringMatching(TIME),
      amount: { currency: 'KES', value: 700 },
      transfer_batches: [],
      metadata: null,
      _links: links,
    },
  ],
  ...[
    ['with links alone', {}],
    ['with the empty amount of node', { amount: {} }],
    [
      'with the nulls of php',
      {
        amount: { currency: null, value: null },
        destination_type: null,
        destination_reference: null,
      },
    ],
  ].map(([name, body]): Row => [
    `a blind settlement ${name as string}`,
    'v1/settlement_transfers',
    { ...(body as Json), ...LINKS },
    'settlement_transfer',
    {
      status: 'Scheduled',
      created_at: expect.stringMatching(TIME),
      amount: { currency: 'KES', value: null },
      transfer_batches: [],
      metadata: null,
      _links: links,
    },
  ]),
  [
    'a text message',
    'v1/transaction_sms_notifications',
    { webhook_event_reference: 'event-uuid', message: 'Thank you', ...LINKS },
    'transaction_sms_notification',
    {
      status: 'Success',
      message: 'Thank you',
      webhook_event_reference: 'event-uuid',
      _links: links,
    },
  ],
];

describe('what is created', () => {
  it.each(CREATED)(
    '%s is answered with 201, an empty body and a location, and read in the shape of the reference',
    async (_name, path, body, type, attributes) => {
      const answer = await merchant.post(path, body);
      expect([answer.status, answer.body]).toEqual([201, '']);
      const self = String(answer.headers.location);
      const id = self.split('/').at(-1)!;
      expect(self).toBe(`${merchant.sandbox.url}/api/${path}/${id}`);
      expect(id).toMatch(UUID);
      const data = await merchant.read(`${path}/${id}`);
      expect(data).toEqual({ id, type, attributes });
      if (attributes._links) {
        expect((data.attributes._links as Json).self).toBe(self);
      }
      expect(merchant.sandbox.created.at(-1)).toEqual({
        resource: path.split('/')[1],
        id,
        body,
        clientId: 'shop',
      });
    },
  );

  it('a reversal is called `reversals` by GET, and begins as scheduled', async () => {
    const { reference } = merchant.sandbox.receive({
      tillNumber: '400001',
      amount: 150,
    });
    const id = await merchant.create('v2/reversals', {
      transaction_reference: reference,
      reason: 'twice',
      ...LINKS,
    });
    expect(await merchant.read(`v2/reversals/${id}`)).toEqual({
      id,
      type: 'reversals',
      attributes: {
        status: 'Scheduled',
        created_at: expect.stringMatching(TIME),
        transaction_reference: reference,
        reason: 'twice',
        reversal_bulk_payment: null,
        errors: null,
        metadata: null,
        _links: links,
      },
    });
  });

  it('its location header is spelled in lower case, as php needs it', async () => {
    const answer = await merchant.post('v2/merchant_wallets', WALLET);
    expect(answer.headerNames).toContain('location');
  });

  it('its links have the host that the client knows', async () => {
    const answer = await call(
      merchant.sandbox,
      'POST',
      '/api/v2/merchant_wallets',
      {
        headers: {
          ...bearer(merchant.sandbox.liveTokens[0]),
          Host: 'kopokopo:4010',
        },
        body: JSON.stringify(WALLET),
      },
    );
    expect(answer.headers.location).toMatch(
      /^http:\/\/kopokopo:4010\/api\/v2\/merchant_wallets\//,
    );
  });

  it('a doubled slash in front of the path is one', async () => {
    const doubled = await call(
      merchant.sandbox,
      'POST',
      '//api/v2/merchant_wallets',
      {
        headers: bearer(merchant.sandbox.liveTokens[0]),
        body: JSON.stringify(WALLET),
      },
    );
    expect(doubled.status).toBe(201);
    expect(merchant.sandbox.requests.at(-1)?.route).toBe('api');
  });
});

const without = (body: Json, ...names: string[]): Json =>
  Object.fromEntries(
    Object.entries(body).filter(([name]) => !names.includes(name)),
  );
const metadata = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 };
const PLAIN = { _links: { callback_url: 'http://shop.example/k2' } };
const SEND = { destinations: [], currency: 'KES', ...LINKS };
const to = (destination: Json, given: Json = {}): Json => ({
  ...SEND,
  destinations: [destination],
  ...given,
});
const WALLET_PAYOUT = {
  ...PAYOUT,
  phone_number: '254712345678',
  network: 'Safaricom',
};
const LINK = { till_number: '400001', currency: 'KES', amount: 10, ...LINKS };
const REVERSAL = { transaction_reference: 'S1', reason: 'twice', ...LINKS };
const PAY = {
  destination_type: 'till',
  destination_reference: 'ref',
  amount: { currency: 'KES', value: 10 },
  description: 'July',
  ...LINKS,
};
const SETTLE = {
  ...LINKS,
  destination_type: 'merchant_wallet',
  destination_reference: 'ref',
  amount: { currency: 'KES', value: 10 },
};
const POLL = { scope: 'company', ...RANGE, ...LINKS };
const LIMITS = 'Transfer amount must be between KSh 10.00 and KSh 250,000.00';

/** Path, body and the message of the refusal. */
const REFUSED: [path: string, body: Json, message: string][] = [
  [
    'v2/webhook_subscriptions',
    without(SUBSCRIPTION, 'event_type'),
    "Event type can't be blank",
  ],
  [
    'v2/webhook_subscriptions',
    without(SUBSCRIPTION, 'url'),
    "Url can't be blank",
  ],
  [
    'v2/webhook_subscriptions',
    { ...SUBSCRIPTION, url: 'http://shop.example' },
    'Url is invalid',
  ],
  [
    'v2/webhook_subscriptions',
    { ...SUBSCRIPTION, url: 'shop' },
    'Url is invalid',
  ],
  [
    'v2/webhook_subscriptions',
    without(SUBSCRIPTION, 'scope'),
    "Scope can't be blank",
  ],
  [
    'v2/webhook_subscriptions',
    { ...SUBSCRIPTION, scope: 'Till' },
    'Scope is not included in the list',
  ],
  [
    'v2/webhook_subscriptions',
    without(SUBSCRIPTION, 'scope_reference'),
    'Invalid scope reference',
  ],
  [
    'v2/webhook_subscriptions',
    {
      ...SUBSCRIPTION,
      event_type: 'customer_created',
      enable_daraja_payload: true,
    },
    'Enable daraja payload is invalid',
  ],
  [
    'v2/incoming_payments',
    without(STK, 'payment_channel'),
    "Payment channel can't be blank",
  ],
  [
    'v2/incoming_payments',
    { ...STK, payment_channel: 'Card' },
    'Payment channel is invalid',
  ],
  [
    'v2/incoming_payments',
    without(STK, 'till_number'),
    "Till number can't be blank",
  ],
  [
    'v2/incoming_payments',
    { ...STK, till_number: ' ' },
    "Till number can't be blank",
  ],
  [
    'v2/incoming_payments',
    { ...STK, till_number: 'K 1' },
    'Till number is invalid',
  ],
  [
    'v2/incoming_payments',
    { ...STK, till_number: {} },
    'Till number is invalid',
  ],
  [
    'v2/incoming_payments',
    without(STK, 'subscriber'),
    "Subscriber phone number can't be blank",
  ],
  [
    'v2/incoming_payments',
    { ...STK, subscriber: { phone_number: '+254 712' } },
    'Subscriber phone number is an invalid number',
  ],
  [
    'v2/incoming_payments',
    { ...STK, subscriber: { phone_number: '+254202345678' } },
    'Subscriber phone number is an invalid number',
  ],
  ['v2/incoming_payments', without(STK, 'amount'), "Amount can't be blank"],
  [
    'v2/incoming_payments',
    { ...STK, amount: { currency: 'KES', value: 'many' } },
    'Amount is not a number',
  ],
  [
    'v2/incoming_payments',
    { ...STK, amount: { currency: 'KES', value: 1.5 } },
    'Amount must be an integer',
  ],
  [
    'v2/incoming_payments',
    { ...STK, amount: { currency: 'KES', value: '0' } },
    'Amount must be greater than or equal to 1',
  ],
  [
    'v2/incoming_payments',
    { ...STK, amount: { value: 10 } },
    "Currency can't be blank",
  ],
  [
    'v2/incoming_payments',
    { ...STK, amount: { currency: 'USD', value: 10 } },
    'Currency is invalid',
  ],
  [
    'v2/incoming_payments',
    { ...STK, metadata },
    'Metadata is too long (maximum is 5 pairs)',
  ],
  ['v2/incoming_payments', { ...STK, metadata: ['a'] }, 'Metadata is invalid'],
  [
    'v2/incoming_payments',
    without(STK, '_links'),
    "Callback url can't be blank",
  ],
  [
    'v2/incoming_payments',
    { ...without(STK, '_links'), callback_url: CALLBACK },
    "Callback url can't be blank",
  ],
  ['v1/incoming_payments', { ...STK, ...PLAIN }, 'Callback url is invalid'],
  ['v2/send_money', without(SEND, 'currency'), "Currency can't be blank"],
  ['v2/send_money', { ...SEND, destinations: {} }, 'Destinations is invalid'],
  [
    'v2/send_money',
    { ...SEND, source_identifier: 'x' },
    'Source identifier is invalid',
  ],
  ['v2/send_money', without(SEND, '_links'), "Callback url can't be blank"],
  ['v2/send_money', to({}), "Destination type can't be blank"],
  [
    'v2/send_money',
    to({ type: 'pigeon' }),
    'Destination type is not included in the list',
  ],
  [
    'v2/send_money',
    to(without(WALLET_PAYOUT, 'amount')),
    "Amount can't be blank",
  ],
  [
    'v2/send_money',
    to({ ...WALLET_PAYOUT, amount: 10.5 }),
    'Amount must be an integer',
  ],
  [
    'v2/send_money',
    to(without(WALLET_PAYOUT, 'description')),
    "Description can't be blank",
  ],
  [
    'v2/send_money',
    to({ ...WALLET_PAYOUT, phone_number: '+254712345678' }),
    'Phone number has an invalid length or format',
  ],
  [
    'v2/send_money',
    to({ ...WALLET_PAYOUT, phone_number: '0712345678' }),
    'Phone number has an invalid length or format',
  ],
  [
    'v2/send_money',
    to(without(WALLET_PAYOUT, 'network')),
    "Network can't be blank",
  ],
  [
    'v2/send_money',
    to({
      ...PAYOUT,
      type: 'bank_account',
      account_name: 'a',
      account_number: '1',
    }),
    "Bank branch ref can't be blank",
  ],
  [
    'v2/send_money',
    to({ ...PAYOUT, type: 'till' }),
    "Till number can't be blank",
  ],
  [
    'v2/send_money',
    to({ ...PAYOUT, type: 'paybill', paybill_number: '1' }),
    "Paybill account number can't be blank",
  ],
  [
    'v2/send_money',
    to({ type: 'merchant_wallet', amount: 10 }),
    "Reference can't be blank",
  ],
  ['v2/external_recipients', {}, "Type can't be blank"],
  [
    'v2/external_recipients',
    { type: 'pigeon' },
    'Type is not included in the list',
  ],
  [
    'v2/external_recipients',
    { type: 'till', pay_recipient: { till_name: 'a', till_number: '1' } },
    "Till name can't be blank",
  ],
  [
    'v1/pay_recipients',
    { type: 'mobile_wallet', pay_recipient: { ...WALLET, phone_number: '1' } },
    'Phone number is an invalid number',
  ],
  [
    'v1/pay_recipients',
    {
      type: 'bank_account',
      pay_recipient: { ...BANK, settlement_method: 'POST' },
    },
    'Settlement method is not included in the list',
  ],
  [
    'v1/pay_recipients',
    { type: 'paybill', pay_recipient: { paybill_name: 'a' } },
    "Paybill number can't be blank",
  ],
  [
    'v2/merchant_bank_accounts',
    without(BANK, 'settlement_method'),
    "Settlement method can't be blank",
  ],
  [
    'v2/merchant_bank_accounts',
    without(BANK, 'account_name'),
    "Account name can't be blank",
  ],
  [
    'v1/merchant_wallets',
    without(WALLET, 'last_name'),
    "Last name can't be blank",
  ],
  [
    'v2/merchant_wallets',
    { ...WALLET, network: 'Airtel' },
    'Network is not included in the list',
  ],
  [
    'v2/payment_links',
    without(LINK, 'till_number'),
    "Till number can't be blank",
  ],
  ['v2/payment_links', without(LINK, 'amount'), "Amount can't be blank"],
  ['v2/payment_links', without(LINK, 'currency'), "Currency can't be blank"],
  [
    'v2/payment_links',
    { ...without(LINK, '_links'), callback_url: CALLBACK },
    "Callback url can't be blank",
  ],
  [
    'v2/reversals',
    without(REVERSAL, 'transaction_reference'),
    "Transaction reference can't be blank",
  ],
  ['v2/reversals', without(REVERSAL, 'reason'), "Reason can't be blank"],
  ['v2/reversals', REVERSAL, 'Transaction reference invalid'],
  ['v2/polling', without(POLL, 'scope'), "Scope can't be blank"],
  ['v2/polling', { ...POLL, scope: 'till' }, 'Invalid scope reference'],
  ['v2/polling', without(POLL, 'from_time'), "From time can't be blank"],
  [
    'v2/polling',
    { ...POLL, to_time: '2026-08-02T00:00:00' },
    'To time is invalid',
  ],
  [
    'v2/polling',
    { ...POLL, to_time: '2025-08-02T00:00:00Z' },
    'To time must be after from time',
  ],
  [
    'v1/payments',
    without(PAY, 'destination_type'),
    "Destination type can't be blank",
  ],
  [
    'v1/payments',
    without(PAY, 'destination_reference'),
    "Destination reference can't be blank",
  ],
  ['v1/payments', without(PAY, 'amount'), "Amount can't be blank"],
  ['v1/payments', without(PAY, 'description'), "Description can't be blank"],
  [
    'v1/settlement_transfers',
    { ...SETTLE, destination_type: 'till' },
    'Destination type is not included in the list',
  ],
  [
    'v1/settlement_transfers',
    without(SETTLE, 'destination_reference'),
    "Destination reference can't be blank",
  ],
  [
    'v1/settlement_transfers',
    without(SETTLE, 'amount'),
    "Amount can't be blank",
  ],
  [
    'v1/transaction_sms_notifications',
    { message: 'a', ...LINKS },
    "Webhook event reference can't be blank",
  ],
  [
    'v1/transaction_sms_notifications',
    { webhook_event_reference: 'a', ...LINKS },
    "Message can't be blank",
  ],
];

describe('what is refused', () => {
  it.each(REFUSED)('POST %s of %j: %s', async (path, body, error_message) => {
    const before = merchant.sandbox.created.length;
    const answer = await merchant.post(path, body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({
      error_code: 400,
      error_message,
    });
    expect(merchant.sandbox.created).toHaveLength(before);
  });

  it.each([9, '9.99', 0, -10, 250_001, '250000.01'])(
    'a payout of %s shillings is beyond its limits, in a shape of its own',
    async (amount) => {
      const answer = await merchant.post(
        'v2/send_money',
        to({ ...WALLET_PAYOUT, amount }),
      );
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body)).toEqual({ errors: [LIMITS] });
    },
  );

  it.each([10, '10', 250_000, '250000.0'])(
    'a payout of %s shillings is within its limits',
    async (amount) => {
      const body = to({ ...WALLET_PAYOUT, amount });
      expect((await merchant.post('v2/send_money', body)).status).toBe(201);
    },
  );

  it.each(['', '[]', 'null', '"text"', '{"a":'])(
    'a creation whose body is %j is refused',
    async (body) => {
      const answer = await merchant.post('v2/send_money', body);
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body)).toEqual({
        error_code: 400,
        error_message: 'The request body is not a JSON object',
      });
    },
  );

  it('a second STK push to a phone that rings is refused with 429, in whatever form the number comes', async () => {
    await using shop = await Merchant.open();
    const first = await shop.ask();
    for (const phone_number of [
      '+254712345678',
      '254712345678',
      '0712345678',
    ]) {
      const answer = await shop.post(
        'v1/incoming_payments',
        shop.incomingPayment({ subscriber: { phone_number } }),
      );
      expect(answer.status).toBe(429);
      expect(JSON.parse(answer.body)).toEqual({
        error_code: 429,
        error_message: 'There is a pending request for this phone number',
      });
    }
    await shop.ask({ subscriber: { phone_number: '+254712345679' } });
    shop.sandbox.fail(first);
    await shop.ask();
  });

  it('a phone that has rung for two minutes may be asked again', async () => {
    await using shop = await Merchant.open();
    await shop.ask();
    const later = Date.now() + 2 * 60 * 1000;
    jest.useFakeTimers({ now: later, doNotFake: [...NOT_THE_DATE] });
    try {
      await shop.ask();
    } finally {
      jest.useRealTimers();
    }
  });

  it('a recipient that exists already is refused, under another name too', async () => {
    await using shop = await Merchant.open();
    const body = (till_name: string, till_number: string): Json => ({
      type: 'till',
      external_recipient: { till_name, till_number },
    });
    await shop.create('v2/external_recipients', body('Duka', '1'));
    await shop.create('v2/external_recipients', body('Duka', '2'));
    const answer = await shop.post(
      'v2/external_recipients',
      body('Another', '1'),
    );
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({
      error_code: 400,
      error_message: 'Pay recipient could not be created',
    });
  });

  it('a transaction that is being reversed, was reversed or is older than 30 days is not reversed', async () => {
    await using shop = await Merchant.open();
    const received = (at: Date) =>
      shop.sandbox.receive({ tillNumber: '1', amount: 10, at }).reference;
    const day = 24 * 60 * 60 * 1000;
    const body = (transaction_reference: string) => ({
      ...REVERSAL,
      transaction_reference,
    });
    const old = received(new Date(Date.now() - 31 * day));
    const young = received(new Date(Date.now() - 29 * day));
    const refused = await shop.post('v2/reversals', body(old));
    expect(JSON.parse(refused.body)).toMatchObject({
      error_message: 'Transaction reference invalid',
    });
    const id = await shop.create('v2/reversals', body(young));
    const twice = await shop.post('v2/reversals', body(young));
    expect([twice.status, JSON.parse(twice.body)]).toEqual([
      400,
      {
        error_code: 400,
        error_message: ['You cannot reverse a transaction in a reversal state'],
      },
    ]);
    shop.sandbox.reverse(id);
    expect((await shop.post('v2/reversals', body(young))).status).toBe(400);
  });

  it('tills of others are refused where an application has named its own', async () => {
    await using shop = await Merchant.open({
      applications: [
        { clientId: 'a', clientSecret: 'b', tills: ['K700001', '400001'] },
      ],
    });
    await shop.ask();
    for (const [path, body, message] of [
      [
        'v2/incoming_payments',
        { ...STK, till_number: 'K9' },
        'Till number is invalid',
      ],
      [
        'v2/payment_links',
        { ...LINK, till_number: '9' },
        'Till number is invalid',
      ],
      [
        'v2/send_money',
        { ...SEND, source_identifier: '9' },
        'Source identifier is invalid',
      ],
      [
        'v2/webhook_subscriptions',
        { ...SUBSCRIPTION, scope_reference: '9' },
        'Invalid scope reference',
      ],
      [
        'v2/polling',
        { ...POLL, scope: 'till', scope_reference: '9' },
        'Invalid scope reference',
      ],
    ] as const) {
      const { body: answered } = await shop.post(path, body);
      expect(JSON.parse(answered)).toMatchObject({ error_message: message });
    }
  });
});

describe('what is not found', () => {
  it.each([
    ['GET', 'v2/ping'],
    ['GET', 'v2/incoming_payments'],
    ['GET', 'v2/incoming_payments/6f1c0f3f-6b18-4bd3-8e9b-1f8b0c7c7a11'],
    ['GET', 'v2/payments/1'],
    ['GET', 'v1/send_money/1'],
    ['POST', 'v1/send_money'],
    ['POST', 'v2/payments'],
    ['POST', 'v2/settlement_transfers'],
    ['POST', 'v2/transaction_sms_notifications'],
    ['POST', 'v1/payment_links'],
    ['POST', 'v1/reversals'],
    ['POST', 'v1/external_recipients'],
    ['POST', 'v2/things'],
    ['POST', 'v2/payment_links/1/cancel'],
    ['PUT', 'v2/incoming_payments'],
    ['DELETE', 'v2/incoming_payments/1'],
  ])('%s /api/%s', async (method, path) => {
    const answer = await call(merchant.sandbox, method, `/api/${path}`, {
      headers: bearer(merchant.sandbox.liveTokens[0]),
      body: method === 'POST' ? '{}' : '',
    });
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      404,
      { status: 404, error: 'Not Found' },
    ]);
  });

  it('what another application created, and what is asked for under another resource', async () => {
    await using shop = await Merchant.open({
      applications: [
        { clientId: 'a', clientSecret: 'a' },
        { clientId: 'b', clientSecret: 'b' },
      ],
    });
    const id = await shop.ask();
    const token = await fetch(`${shop.sandbox.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'b',
        client_secret: 'b',
      }),
    });
    const { access_token } = (await token.json()) as { access_token: string };
    const path = `/api/v2/incoming_payments/${id}`;
    const foreign = await call(shop.sandbox, 'GET', path, {
      headers: bearer(access_token),
    });
    expect(foreign.status).toBe(404);
    expect((await shop.get(`v2/polling/${id}`)).status).toBe(404);
    expect((await shop.get(`v2/incoming_payments/${id}`)).status).toBe(200);
    expect((await shop.get(`v1/incoming_payments/${id}`)).status).toBe(200);
  });

  it('without a live bearer the answer is 401, for unknown paths too', async () => {
    for (const path of ['incoming_payments', 'things']) {
      const answer = await call(merchant.sandbox, 'POST', `/api/v2/${path}`);
      expect([answer.status, answer.body]).toEqual([401, '']);
    }
  });
});
