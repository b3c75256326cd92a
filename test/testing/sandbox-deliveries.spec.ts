import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { createServer as createHttpsServer } from 'node:https';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  afterAll,
  afterEach,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { KopoKopoSandbox, signDelivery } from '../../lib/testing/index.js';
import type {
  KopoKopoSandboxOptions,
  SandboxDelivery,
} from '../../lib/testing/index.js';
import { ownTime } from '../support/own-time.js';
import { TEST_CERTIFICATE } from '../support/test-certificate.js';
import type { Json } from './delivery.receiver.js';
import { hashPhone } from './phone.hash.js';
import { Merchant } from './sandbox.merchant.js';

const SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+03:00$/;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const BUYGOODS = 'buygoods_transaction_received';
const text = expect.any(String);
const uuid = expect.stringMatching(UUID);

let shop: Merchant;

beforeEach(async () => {
  shop = await Merchant.open();
});
afterEach(() => shop[Symbol.asyncDispose]());

async function reopen(options: KopoKopoSandboxOptions): Promise<void> {
  await shop[Symbol.asyncDispose]();
  shop = await Merchant.open(options);
}

const sign = (key: string, body: string | Buffer) =>
  createHmac('sha256', key).update(body).digest('hex');
const phone = (n: number): Json => ({
  subscriber: { phone_number: `+25471234567${n}` },
});
/** Creates a payment and has it paid. */
const paid = async (n = 0): Promise<string> => {
  const id = await shop.ask(phone(n));
  shop.sandbox.pay(id);
  return id;
};
const callbackIds = () =>
  shop.app.bodies('/callback').map(({ data }) => (data as { id: string }).id);
const statesOf = (deliveries: readonly SandboxDelivery[]) =>
  deliveries.map(({ state }) => state);

describe('signDelivery', () => {
  it.each([
    [
      '{"topic":"customer_created","id":"evt-1","amount":100.0}',
      56,
      'bcba913f7f78aaebb54bebfe0c9f96856cebd170e88dc20cf09e9702f5c00366',
    ],
    [
      '{"data":{"id":"a1","attributes":{"note":"café <ok>"}}}',
      55,
      '35133e66b1358fc39acf311390edc260945a91494e891599642be3f9d522144f',
    ],
  ])('signs %s as Kopo Kopo does', (body, length, signature) => {
    for (const given of [body, Buffer.from(body)]) {
      const signed = signDelivery(given, 'k2-demo-api-key');
      expect(signed.body).toEqual(Buffer.from(body));
      expect(signed.body).toHaveLength(length);
      expect(signed.headers).toEqual({
        'Content-Type': 'application/json',
        'User-Agent': expect.stringMatching(/^KopoKopo-Sandbox\//),
        'X-KopoKopo-Signature': signature,
      });
    }
  });

  it('makes compact JSON of an object', () => {
    const { body, headers } = signDelivery({ a: 1, b: ['é'] }, 'key');
    expect(body.toString()).toBe('{"a":1,"b":["é"]}');
    expect(headers['X-KopoKopo-Signature']).toBe(sign('key', body));
  });
});

describe('a callback', () => {
  it('brings the final state to the callback URL, signed over its exact bytes', async () => {
    const id = await paid();
    const [delivery] = await shop.sandbox.waitForDelivery();
    const [{ headers, body, path }] = shop.app.seen;
    expect(path).toBe('/callback');
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^KopoKopo-Sandbox\//),
      'x-kopokopo-signature': sign(shop.sandbox.apiKey, body),
    });
    // The official clients sign what they serialise again: it has to be the same.
    expect(JSON.stringify(JSON.parse(body.toString()))).toBe(body.toString());
    expect(JSON.parse(body.toString())).toEqual({
      data: await shop.read(`v2/incoming_payments/${id}`),
    });
    expect(delivery).toEqual({
      id: uuid,
      kind: 'callback',
      topic: 'incoming_payment',
      about: id,
      url: `${shop.app.url}/callback`,
      body: body.toString(),
      headers: expect.objectContaining({ 'X-KopoKopo-Signature': text }),
      at: expect.any(Date),
      state: 'delivered',
      attempts: [{ at: expect.any(Date), status: 200 }],
    });
  });

  it('of a payment is answered within 30 ms of its creation, as its process counts them', async () => {
    const spans: number[] = [];
    for (let n = 0; n < 10; n++) {
      const span = ownTime(async () => {
        const about = await paid(n);
        await shop.sandbox.waitForDelivery({ about });
      });
      spans.push(await span);
    }
    expect(Math.min(...spans)).toBeLessThan(30);
  });

  it.each([
    ['v2/send_money', { currency: 'KES' }, 'transfer', 'send_money'],
    [
      'v2/payment_links',
      { currency: 'KES', till_number: '1', amount: 10 },
      'expire',
      'payment_link',
    ],
    ['v1/settlement_transfers', {}, 'transfer', 'settlement_transfer'],
    [
      'v1/payments',
      {
        destination_type: 'till',
        destination_reference: 'ref',
        amount: { currency: 'KES', value: 10 },
        description: 'July',
      },
      'failTransfer',
      'payment',
    ],
  ] as const)('of %s says its type', async (path, body, move, type) => {
    const id = await shop.create(path, { ...body, ...shop.links });
    shop.sandbox[move](id);
    await shop.sandbox.waitForDelivery();
    const data = await shop.read(`${path}/${id}`);
    expect(shop.app.bodies('/callback')).toEqual([{ data }]);
    expect(data.type).toBe(type);
  });

  it.each([
    [
      'v2/polling',
      {
        scope: 'company',
        from_time: '2026-08-01T00:00:00Z',
        to_time: '2026-08-01T00:00:00Z',
      },
    ],
    [
      'v1/transaction_sms_notifications',
      { webhook_event_reference: 'event', message: 'Thank you' },
    ],
  ])('of %s comes by itself', async (path, body) => {
    const id = await shop.create(path, { ...body, ...shop.links });
    await shop.sandbox.waitForDelivery({ about: id });
    expect(shop.app.bodies('/callback')).toEqual([
      { data: await shop.read(`${path}/${id}`) },
    ]);
  });

  it('of a reversal says `reversal`, where GET says `reversals`', async () => {
    const { reference } = shop.sandbox.receive({ tillNumber: '1', amount: 1 });
    const id = await shop.create('v2/reversals', {
      transaction_reference: reference,
      reason: 'twice',
      ...shop.links,
    });
    shop.sandbox.reverse(id);
    await shop.sandbox.waitForDelivery();
    expect(shop.app.bodies('/callback')).toEqual([
      { data: expect.objectContaining({ id, type: 'reversal' }) },
    ]);
  });

  it('of a cancelled payment link is sent too', async () => {
    const id = await shop.create('v2/payment_links', {
      currency: 'KES',
      till_number: '1',
      amount: 10,
      ...shop.links,
    });
    await shop.post(`v2/payment_links/${id}/cancel`);
    await shop.sandbox.waitForDelivery({ kind: 'callback', about: id });
    expect(callbackIds()).toEqual([id]);
  });

  it('is signed with the key of the application that asked', async () => {
    await reopen({
      applications: [
        { clientId: 'a', clientSecret: 'a', apiKey: 'key-of-a' },
        { clientId: 'b', clientSecret: 'b' },
      ],
    });
    await paid();
    await shop.sandbox.waitForDelivery();
    const [{ headers, body }] = shop.app.seen;
    expect(headers['x-kopokopo-signature']).toBe(sign('key-of-a', body));
  });
});

describe('a webhook', () => {
  it('tells of a payment in Kopo Kopo’s envelope, and of a new customer', async () => {
    await shop.subscribe(BUYGOODS, '/received');
    await shop.subscribe('customer_created', '/customer');
    const { id, reference } = shop.sandbox.receive({
      tillNumber: '400001',
      amount: 150,
      phoneNumber: '+254712345678',
      middleName: 'W',
    });
    await shop.sandbox.waitForDelivery({ count: 2 });
    const { url } = shop.sandbox;
    expect(shop.app.bodies('/received')).toEqual([
      {
        topic: BUYGOODS,
        id: uuid,
        created_at: expect.stringMatching(SECONDS),
        event: {
          type: 'Buygoods Transaction',
          resource: {
            id,
            reference,
            origination_time: expect.stringMatching(SECONDS),
            amount: '150.0',
            currency: 'KES',
            till_number: '400001',
            system: 'Lipa Na M-PESA',
            status: 'Received',
            sender_phone_number: '+254712345678',
            hashed_sender_phone: hashPhone('254712345678'),
            sender_first_name: 'Ana',
            sender_middle_name: 'W',
            sender_last_name: 'Buyer',
          },
        },
        _links: {
          self: expect.stringContaining(`${url}/webhook_events/`),
          resource: `${url}/financial_transaction/${id}`,
        },
      },
    ]);
    expect(shop.app.bodies('/customer')).toEqual([
      expect.objectContaining({
        topic: 'customer_created',
        event: {
          type: 'Customer Created',
          resource: {
            first_name: 'Ana',
            middle_name: 'W',
            last_name: 'Buyer',
            phone_number: '+254712345678',
          },
        },
      }),
    ]);
    for (const { headers, body } of shop.app.seen) {
      expect(headers['x-kopokopo-signature']).toBe(
        sign(shop.sandbox.apiKey, body),
      );
    }
    shop.sandbox.receive({ tillNumber: '400001', amount: 10 });
    await shop.sandbox.waitForDelivery({ count: 3 });
    expect(shop.app.bodies('/customer')).toHaveLength(1);
  });

  it('tells of one STK push beside its callback, by the same M-PESA code', async () => {
    await shop.subscribe(BUYGOODS, '/received');
    const id = await shop.ask();
    shop.sandbox.pay(id, { reference: 'SH1ABC2DEF' });
    await shop.sandbox.waitForDelivery({ count: 2 });
    expect(shop.sandbox.deliveries.map(({ kind }) => kind)).toEqual([
      'callback',
      'webhook',
    ]);
    for (const { body } of shop.sandbox.deliveries) {
      expect(body).toContain('"reference":"SH1ABC2DEF"');
    }
  });

  it('comes once for each subscription, with an event id of its own', async () => {
    await shop.subscribe(BUYGOODS, '/one');
    await shop.subscribe(BUYGOODS, '/two');
    shop.sandbox.receive({ tillNumber: '1', amount: 1 });
    await shop.sandbox.waitForDelivery({ count: 2 });
    const [one] = shop.app.bodies('/one');
    const [two] = shop.app.bodies('/two');
    expect(one.event).toEqual(two.event);
    expect(one.id).not.toBe(two.id);
  });

  it('of a till’s subscription tells of that till alone', async () => {
    const scope = { scope: 'till', scope_reference: '400001' };
    await shop.subscribe(BUYGOODS, '/till', scope);
    await shop.subscribe(BUYGOODS, '/company');
    for (const tillNumber of ['400001', '400002']) {
      shop.sandbox.receive({ tillNumber, amount: 1 });
    }
    await shop.sandbox.waitForDelivery({ count: 3 });
    expect(shop.app.bodies('/till')).toHaveLength(1);
    expect(shop.app.bodies('/company')).toHaveLength(2);
  });

  it('tells of another till’s payment, and of both kinds of reversal', async () => {
    await shop.subscribe('b2b_transaction_received', '/b2b');
    await shop.subscribe('b2b_transaction_reversed', '/b2b');
    await shop.subscribe('buygoods_transaction_reversed', '/buygoods');
    for (const sendingTill of ['999', undefined]) {
      const { reference } = shop.sandbox.receive({
        tillNumber: '1',
        amount: 20,
        sendingTill,
      });
      const id = await shop.create('v2/reversals', {
        transaction_reference: reference,
        reason: 'twice',
        ...shop.links,
      });
      shop.sandbox.reverse(id);
    }
    await shop.sandbox.waitForDelivery({ count: 5 });
    const told = (path: string) =>
      shop.app.bodies(path).map(({ event }) => event);
    const b2b = { amount: '20.0', sending_till: '999', till_number: '1' };
    expect(told('/b2b')).toHaveLength(2);
    // They may overtake each other.
    expect(told('/b2b')).toEqual(
      expect.arrayContaining([
        {
          type: 'External Till to Till Transaction',
          resource: expect.objectContaining({ ...b2b, status: 'Complete' }),
        },
        {
          type: 'External Till To Till Reversal Transaction',
          resource: expect.objectContaining({
            ...b2b,
            status: 'Reversed',
            system: 'M-PESA',
          }),
        },
      ]),
    );
    expect(told('/buygoods')).toEqual([
      {
        type: 'Buygoods Transaction',
        resource: expect.objectContaining({
          status: 'Reversed',
          system: 'Lipa Na Mpesa',
        }),
      },
    ]);
  });

  it('tells of money that reached an account of the merchant’s own', async () => {
    await shop.subscribe('settlement_transfer_completed', '/settled');
    const payout = (type: string, given: Json = {}): Json => ({
      type,
      amount: 500,
      description: 'July',
      ...given,
    });
    const id = await shop.create('v2/send_money', {
      currency: 'KES',
      destinations: [
        payout('merchant_wallet', { reference: 'wallet-ref' }),
        payout('merchant_bank_account', { reference: 'bank-ref' }),
        payout('till', { till_number: '1' }),
      ],
      ...shop.links,
    });
    shop.sandbox.failTransfer(id, 'No', { destinations: [1] });
    const sweep = await shop.create('v2/send_money', {
      currency: 'KES',
      ...shop.links,
    });
    shop.sandbox.transfer(sweep);
    const blind = await shop.create('v1/settlement_transfers', shop.links);
    shop.sandbox.transfer(blind);
    await shop.sandbox.waitForDelivery({ count: 6 });
    const events = shop.app
      .bodies('/settled')
      .map(({ event }) => event as { type: string; resource: Json });
    expect(events).toHaveLength(3);
    const ofWallet = events.find(
      ({ resource }) => (resource.destination as Json).type === 'Mobile Wallet',
    );
    expect(ofWallet).toEqual({
      type: 'Settlement Transfer',
      resource: {
        id: uuid,
        amount: '500.0',
        status: 'Transferred',
        currency: 'KES',
        origination_time: text,
        destination: {
          type: 'Mobile Wallet',
          resource: {
            reference: 'wallet-ref',
            first_name: text,
            last_name: text,
            phone_number: text,
            network: 'Safaricom',
          },
        },
        disbursements: [
          {
            amount: '500.0',
            status: 'Transferred',
            origination_time: text,
            transaction_reference: text,
          },
        ],
      },
    });
  });

  it('has Daraja’s form where a subscription asked for it', async () => {
    const daraja = { enable_daraja_payload: true };
    await shop.subscribe(BUYGOODS, '/daraja', daraja);
    await shop.subscribe('b2b_transaction_received', '/daraja', daraja);
    const at = new Date('2026-08-01T06:15:30Z');
    const tillNumber = '400001';
    shop.sandbox.receive({ tillNumber, amount: 150, reference: 'SH1', at });
    await shop.sandbox.waitForDelivery({ kind: 'daraja' });
    shop.sandbox.receive({ tillNumber, amount: 1, sendingTill: '999' });
    await shop.sandbox.waitForDelivery({ kind: 'daraja', count: 2 });
    const blanks = {
      BillRefNumber: '',
      InvoiceNumber: '',
      OrgAccountBalance: '',
      ThirdPartyTransId: '',
    };
    expect(shop.app.bodies('/daraja')).toEqual([
      {
        TransactionType: 'Buygoods',
        TransID: 'SH1',
        TransTime: '20260801091530',
        TransAmount: '150.0',
        BusinessShortCode: '400001',
        ...blanks,
        MSISDN: Buffer.from(hashPhone('254712345678'), 'hex').toString(
          'base64',
        ),
        FirstName: 'Ana',
        MiddleName: null,
        LastName: 'Buyer',
      },
      expect.objectContaining({
        TransactionType: 'Organization To Organization Transfer',
        MSISDN: '999',
        LastName: null,
      }),
    ]);
    const [{ headers, body }] = shop.app.seen;
    expect(headers['x-kopokopo-signature']).toBe(
      sign(shop.sandbox.apiKey, body),
    );
  });
});

describe('deliveryRetries', () => {
  it('are made until one is answered with a 2xx', async () => {
    await reopen({ deliveryRetries: [1, 1, 1] });
    shop.app.statuses.push(500, 302);
    await paid();
    const [{ state, attempts }] = await shop.sandbox.waitForDelivery();
    expect(state).toBe('delivered');
    expect(attempts.map(({ status }) => status)).toEqual([500, 302, 200]);
    const [first, ...others] = shop.app.seen;
    expect(others.map(({ body }) => body)).toEqual([first.body, first.body]);
  });

  it('end, and there are none by default', async () => {
    shop.app.statuses.push(503);
    await paid();
    const [{ state, attempts }] = await shop.sandbox.waitForDelivery();
    expect([state, attempts.length]).toEqual(['failed', 1]);
  });

  it('are made after a connection that fails', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as { port: number };
    closed.close();
    await reopen({ deliveryRetries: [1] });
    const callback_url = `http://127.0.0.1:${port}/`;
    const id = await shop.ask({ _links: { callback_url } });
    shop.sandbox.pay(id);
    const [{ state, attempts }] = await shop.sandbox.waitForDelivery();
    expect(state).toBe('failed');
    expect(attempts).toEqual(
      [1, 2].map(() => ({
        at: expect.any(Date),
        error: expect.stringContaining('ECONNREFUSED'),
      })),
    );
  });
});

describe('a delivery', () => {
  it('that leads away from this machine is listed, and not sent', async () => {
    const callback_url = 'https://shop.example/k2';
    shop.sandbox.pay(await shop.ask({ _links: { callback_url } }));
    const [delivery] = await shop.sandbox.waitForDelivery();
    expect(delivery).toMatchObject({
      state: 'not-sent',
      url: callback_url,
      attempts: [],
    });
  });

  it('goes to https on this machine, whoever signed its certificate', async () => {
    const paths: unknown[] = [];
    const server = createHttpsServer(TEST_CERTIFICATE, (incoming, answer) => {
      paths.push(incoming.url);
      answer.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const callback_url = `https://localhost:${port}/k2`;
    shop.sandbox.pay(await shop.ask({ _links: { callback_url } }));
    const [{ state }] = await shop.sandbox.waitForDelivery();
    server.close();
    server.closeAllConnections();
    expect([state, paths]).toEqual(['delivered', ['/k2']]);
  });

  it('goes anywhere if the test asks for it', async () => {
    await reopen({ deliveryTargets: 'any' });
    const callback_url = 'http://nowhere.invalid/k2';
    shop.sandbox.pay(await shop.ask({ _links: { callback_url } }));
    const [{ state, attempts }] = await shop.sandbox.waitForDelivery();
    expect(state).toBe('failed');
    expect(attempts).toMatchObject([{ error: text }]);
  });

  it('is listed frozen, and the list stays as it was', async () => {
    const before = shop.sandbox.deliveries;
    await paid();
    await shop.sandbox.waitForDelivery();
    expect(before).toEqual([]);
    const after = shop.sandbox.deliveries;
    const [{ headers, attempts }] = after;
    for (const part of [after, after[0], headers, attempts, attempts[0]]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('is sent again on demand, with the same bytes', async () => {
    await paid();
    const [{ id }] = await shop.sandbox.waitForDelivery();
    shop.sandbox.redeliver(id);
    const [{ attempts }] = await shop.sandbox.waitForDelivery();
    expect(attempts).toHaveLength(2);
    const [one, two] = shop.app.seen;
    expect(two).toEqual(one);
    expect(() => shop.sandbox.redeliver('nobody')).toThrow(
      'KopoKopoSandbox: no delivery has the id nobody.',
    );
  });

  it('that does not come in time is a failure that counts', async () => {
    await expect(
      shop.sandbox.waitForDelivery({ count: 2, timeout: 5 }),
    ).rejects.toThrow('KopoKopoSandbox: waited 5 ms, 0 of 2 deliveries ended.');
    const waiting = shop.sandbox.waitForDelivery();
    await Promise.all([
      expect(waiting).rejects.toThrow('the sandbox was stopped'),
      shop.sandbox.stop(),
    ]);
  });
});

describe('failNextDelivery', () => {
  it('lost: the next one is never sent, those after it are', async () => {
    shop.sandbox.failNextDelivery({ kind: 'lost' });
    const ids = [await paid(0), await paid(1)];
    const deliveries = await shop.sandbox.waitForDelivery({ count: 2 });
    expect(statesOf(deliveries)).toEqual(['lost', 'delivered']);
    expect(callbackIds()).toEqual([ids[1]]);
    shop.sandbox.redeliver(deliveries[0].id);
    await shop.sandbox.waitForDelivery({ count: 2 });
    expect(callbackIds()).toEqual([ids[1], ids[0]]);
  });

  it('repeat: it is sent as often as was asked for, twice by default', async () => {
    shop.sandbox.failNextDelivery({ kind: 'repeat' });
    shop.sandbox.failNextDelivery({ kind: 'repeat', times: 3 });
    await paid(0);
    await paid(1);
    const deliveries = await shop.sandbox.waitForDelivery({ count: 2 });
    expect(deliveries.map(({ attempts }) => attempts.length)).toEqual([2, 3]);
    expect(shop.app.seen).toHaveLength(5);
  });

  it('late: it is sent after the time', async () => {
    shop.sandbox.failNextDelivery({ kind: 'late', ms: 40 });
    await paid();
    expect(statesOf(shop.sandbox.deliveries)).toEqual(['waiting']);
    const [{ at, attempts }] = await shop.sandbox.waitForDelivery();
    expect(attempts[0].at.getTime() - at.getTime()).toBeGreaterThan(35);
  });

  it('hold: it is sent when it is released, behind one that came later', async () => {
    shop.sandbox.failNextDelivery({ kind: 'hold' });
    const ids = [await paid(0), await paid(1)];
    await shop.sandbox.waitForDelivery();
    expect(statesOf(shop.sandbox.deliveries)).toEqual(['held', 'delivered']);
    shop.sandbox.releaseDeliveries();
    await shop.sandbox.waitForDelivery({ count: 2 });
    expect(callbackIds()).toEqual(ids.toReversed());
  });

  it('wrong-signature: its signature is one of another key', async () => {
    shop.sandbox.failNextDelivery({ kind: 'wrong-signature' });
    await paid();
    await shop.sandbox.waitForDelivery();
    const [{ headers, body }] = shop.app.seen;
    const signature = headers['x-kopokopo-signature'];
    expect(signature).toMatch(/^[\da-f]{64}$/);
    expect(signature).not.toBe(sign(shop.sandbox.apiKey, body));
  });

  it('before-answer: the callback has been answered before the 201 is', async () => {
    shop.sandbox.failNextDelivery({ kind: 'before-answer' });
    await shop.subscribe(BUYGOODS, '/received');
    const id = await shop.ask();
    expect(callbackIds()).toEqual([id]);
    expect(shop.app.bodies('/received')).toHaveLength(1);
    expect(await shop.read(`v2/incoming_payments/${id}`)).toMatchObject({
      attributes: { status: 'Success' },
    });
    const later = await shop.ask();
    expect(callbackIds()).not.toContain(later);
  });

  it('before-answer: the end is the one that autoComplete names', async () => {
    await reopen({ autoComplete: { after: 60_000, outcome: 'failure' } });
    shop.sandbox.failNextDelivery({ kind: 'before-answer' });
    await shop.ask();
    expect(shop.app.bodies('/callback')).toMatchObject([
      { data: { attributes: { status: 'Failed' } } },
    ]);
  });

  it('meets so many deliveries, and of the kind that was named', async () => {
    await shop.subscribe(BUYGOODS, '/received');
    shop.sandbox.failNextDelivery(
      { kind: 'lost' },
      { times: 2, of: 'webhook' },
    );
    for (let n = 0; n < 3; n++) {
      await paid(n);
    }
    const deliveries = await shop.sandbox.waitForDelivery({ count: 6 });
    expect(statesOf(deliveries)).toEqual([
      'delivered',
      'lost',
      'delivered',
      'lost',
      'delivered',
      'delivered',
    ]);
  });

  it('is forgotten by clearFaults', async () => {
    shop.sandbox.failNextDelivery({ kind: 'lost' });
    shop.sandbox.clearFaults();
    await paid();
    expect(statesOf(await shop.sandbox.waitForDelivery())).toEqual([
      'delivered',
    ]);
  });
});

describe('a sandbox that is stopped or reset', () => {
  it('sends nothing any more', async () => {
    await reopen({ deliveryRetries: [60_000] });
    shop.app.statuses.push(500);
    await paid();
    shop.sandbox.failNextDelivery({ kind: 'late', ms: 60_000 });
    await paid(1);
    while (shop.app.seen.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const later = await shop.ask(phone(2));
    await shop.sandbox.stop();
    shop.sandbox.pay(later);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(statesOf(shop.sandbox.deliveries)).toEqual([
      'failed',
      'failed',
      'failed',
    ]);
    expect(shop.app.seen).toHaveLength(1);
  });
});

describe('a sandbox that is never stopped', () => {
  it('lets its process end, whatever it still has to send', async () => {
    const script = fileURLToPath(
      new URL('./fixtures/forgotten-deliveries.mjs', import.meta.url),
    );
    const child = spawn(process.execPath, [script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(said).toBe('waiting,waiting\n');
  });
});

describe('host', () => {
  const emitWarning = jest.spyOn(process, 'emitWarning');
  beforeEach(() => {
    emitWarning.mockReset();
  });
  afterAll(() => emitWarning.mockRestore());

  it.each(['127.0.0.1', 'localhost', '127.0.0.2'])(
    '%s is loopback and is not warned of',
    async (host) => {
      await using sandbox = await KopoKopoSandbox.start({ host });
      expect(sandbox.url).toMatch(`http://${host}:`);
      expect((await fetch(sandbox.url)).status).toBe(404);
      expect(emitWarning).not.toHaveBeenCalled();
    },
  );

  it('beyond loopback is warned of, once for each start', async () => {
    await using sandbox = await KopoKopoSandbox.start({ host: '0.0.0.0' });
    expect(sandbox.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(sandbox.url)).status).toBe(404);
    expect(emitWarning.mock.calls as unknown[]).toEqual([
      [
        'KopoKopoSandbox listens on 0.0.0.0: whoever reaches this address has the sandbox.',
        { type: 'KopoKopoSandboxWarning' },
      ],
    ]);
  });
});
