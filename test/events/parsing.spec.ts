import { Injectable } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import {
  KopoKopoValidationError,
  KopoKopoWebhooks,
  Money,
} from '../../lib/index.js';
import { signDelivery } from '../../lib/testing/index.js';
import { API_KEY, buygoods, incomingPayment } from './deliver.js';
import { type DeliveryApp, openApp } from './shop-app.js';

@Injectable()
class NoHandlers {}

let shop: DeliveryApp<NoHandlers>;
let webhooks: KopoKopoWebhooks;

beforeAll(async () => {
  shop = await openApp(NoHandlers, { apiKey: [API_KEY, 'older'] });
  webhooks = shop.app.get(KopoKopoWebhooks);
});
afterAll(() => shop[Symbol.asyncDispose]());

const parse = (body: object) => webhooks.parse(JSON.stringify(body));

function event(topic: string, type: string, resource: object) {
  return {
    topic,
    id: 'evt-7',
    created_at: '2026-08-01T09:15:30+03:00',
    event: { type, resource },
    _links: {},
  };
}

describe('verify', () => {
  it.each([
    [
      '{"topic":"customer_created","id":"evt-1","amount":100.0}',
      'bcba913f7f78aaebb54bebfe0c9f96856cebd170e88dc20cf09e9702f5c00366',
    ],
    [
      '{"data":{"id":"a1","attributes":{"note":"café <ok>"}}}',
      '35133e66b1358fc39acf311390edc260945a91494e891599642be3f9d522144f',
    ],
  ])('takes the vector %s', async (body, signature) => {
    expect(await webhooks.verify(body, signature)).toBe(true);
    expect(await webhooks.verify(Buffer.from(body), signature)).toBe(true);
    expect(await webhooks.verify(`${body} `, signature)).toBe(false);
    const reserialised = JSON.stringify(JSON.parse(body));
    const isSame = reserialised === body;
    expect(await webhooks.verify(reserialised, signature)).toBe(isSame);
  });

  it('is false, and never throws, for any signature that is none', async () => {
    for (const given of [undefined, null, '', 1, {}, [], 'x'.repeat(64)]) {
      expect(await webhooks.verify('{}', given as string)).toBe(false);
    }
  });

  it('refuses a body that was parsed, and says what to do', async () => {
    const parsed = buygoods() as unknown as string;
    await expect(webhooks.verify(parsed, 'a')).rejects.toThrow(/rawBody: true/);
    await expect(webhooks.receive(parsed, {})).rejects.toBeInstanceOf(
      KopoKopoValidationError,
    );
    expect(() => webhooks.parse(parsed)).toThrow(KopoKopoValidationError);
  });

  it('takes headers in any form: Node’s, Fetch’s, or a plain object in any case', async () => {
    const { signDelivery } = await import('../../lib/testing/index.js');
    const { body, headers } = signDelivery(buygoods(), 'older');
    const signature = headers['X-KopoKopo-Signature']!;
    for (const form of [
      headers,
      { 'x-kopokopo-signature': [signature] },
      new Headers(headers),
      { 'X-KOPOKOPO-SIGNATURE': signature },
    ]) {
      expect((await webhooks.receive(body, form)).status).toBe(200);
    }
    const none = undefined as unknown as Headers;
    expect((await webhooks.receive(body, none)).status).toBe(401);
    const twice = { a: '1', 'x-kopokopo-signature': [signature, signature] };
    expect((await webhooks.receive(body, twice)).status).toBe(401);
  });
});

describe('parse reads', () => {
  it('a payment at a till', () => {
    expect(parse(buygoods())).toMatchObject({
      kind: 'webhook',
      topic: 'buygoods_transaction_received',
      eventId: 'evt-1',
      key: 'webhook:evt-1',
      resourceKey: 'buygoods_transaction_received:res-1',
      occurredAt: new Date('2026-08-01T06:15:30Z'),
      event: {
        id: 'res-1',
        amount: Money.parse('150.0'),
        status: 'Received',
        reference: 'SH1ABC2DEF',
        tillNumber: '400001',
      },
    });
  });

  it('a settlement, a customer and a card', () => {
    expect(
      parse(
        event('settlement_transfer_completed', 'Settlement Transfer', {
          id: 's1',
          amount: '900.0',
          status: 'Transferred',
          currency: 'KES',
          destination: { type: 'Bank Account', resource: { reference: 'r' } },
          disbursements: [
            {
              amount: '900.0',
              status: 'Transferred',
              transaction_reference: null,
            },
          ],
        }),
      ),
    ).toMatchObject({
      event: {
        id: 's1',
        destinationType: 'Bank Account',
        destination: { reference: 'r' },
        disbursements: [{ status: 'Transferred' }],
      },
    });
    expect(
      parse(
        event('customer_created', 'Customer Created', {
          first_name: 'Ana',
          phone_number: '+254712345678',
        }),
      ),
    ).toMatchObject({
      resourceKey: 'customer_created:evt-7',
      event: { firstName: 'Ana', phoneNumber: '+254712345678' },
    });
    expect(
      parse(event('card_transaction_voided', 'Card', { id: 'c', amount: 10 })),
    ).toMatchObject({ event: { id: 'c', amount: Money.parse(10) } });
  });

  it('a topic that it does not know, with all that it says', () => {
    expect(
      parse(event('m2m_transaction_completed', 'New', { id: 'x', a: 1 })),
    ).toMatchObject({
      kind: 'webhook',
      topic: 'm2m_transaction_completed',
      event: { type: 'New', raw: { id: 'x', a: 1 } },
    });
  });

  it('a result as the client’s get gives it, and reversals as reversal', () => {
    const paid = parse(incomingPayment());
    expect(paid).toMatchObject({
      kind: 'result',
      type: 'incoming_payment',
      event: { id: 'pay-1', isPaid: true, isFinal: true, reference: 'A-17' },
    });
    const reversal = (type: string) =>
      parse({
        data: { id: 'r1', type, attributes: { status: 'Processed' } },
      });
    expect(reversal('reversals').key).toBe(reversal('reversal').key);
    expect(reversal('reversals')).toMatchObject({ type: 'reversal' });
  });

  it('a second Processed with other disbursements as another delivery', () => {
    const sent = (...references: string[]) =>
      parse({
        data: {
          id: 'm1',
          type: 'send_money',
          attributes: {
            status: 'Processed',
            transfer_batches: [
              {
                status: 'Transferred',
                disbursements: references.map((one) => ({
                  amount: '10.0',
                  status: 'Transferred',
                  transaction_reference: one,
                })),
              },
            ],
          },
        },
      }).key;
    expect(sent('A', 'B')).toBe(sent('B', 'A'));
    expect(sent('A')).not.toBe(sent('A', 'B'));
  });

  it.each(['ThirdPartyTransId', 'ThirdPartyTransID'])(
    'Daraja’s form with %s',
    (name) => {
      const delivery = parse({
        TransactionType: 'Buygoods',
        TransID: 'SH1ABC2DEF',
        TransTime: '20260801091530',
        TransAmount: '150.0',
        BusinessShortCode: '400001',
        [name]: 'third',
        MSISDN: '254712345678',
        FirstName: 'Ana',
        MiddleName: null,
      });
      expect(delivery).toMatchObject({
        kind: 'daraja',
        resourceKey: 'daraja:SH1ABC2DEF',
        occurredAt: new Date('2026-08-01T06:15:30Z'),
        event: {
          reference: 'SH1ABC2DEF',
          amount: Money.parse('150.0'),
          thirdPartyId: 'third',
        },
      });
    },
  );

  it('JSON that is none of these as unknown', () => {
    expect(parse({ hello: 1 })).toMatchObject({
      kind: 'unknown',
      event: { hello: 1 },
    });
  });

  it('a delivery that prints neither body nor phone, and can’t be changed', () => {
    const delivery = parse(buygoods());
    expect(inspect(delivery, { depth: 9 })).not.toMatch(/7123|Wanjiru|150/);
    expect(Object.isFrozen(delivery)).toBe(true);
    expect(delivery.key + delivery.resourceKey).not.toContain('7123');
  });
});

/** The official client: it verifies a body that Express has parsed, written again. */
const { Webhooks } = createRequire(import.meta.url)(
  'k2-connect-node/lib/webhooks.js',
) as {
  Webhooks: new (options: object) => {
    webhookHandler(request: object, response: object): Promise<unknown>;
  };
};

async function byK2(bytes: Buffer, signature: string): Promise<unknown> {
  const k2 = new Webhooks({ clientSecret: 'secret', apiKey: API_KEY });
  const request = {
    body: JSON.parse(bytes.toString()) as unknown,
    get: () => signature,
  };
  const response = { status: () => ({ json: () => {} }) };
  return k2.webhookHandler(request, response).catch(() => 'refused');
}

describe('k2-connect-node 1.3.0 on the same bytes', () => {
  it.each([
    ['a payment at a till', buygoods()],
    ['the result of an STK push', incomingPayment()],
  ])('gives the same body of %s', async (_what, content) => {
    const { body, headers } = signDelivery(content, API_KEY);
    const signature = headers['X-KopoKopo-Signature']!;
    expect(await webhooks.verify(body, signature)).toBe(true);
    expect(webhooks.parse(body).body).toEqual(await byK2(body, signature));
  });

  it.each([
    ['a number with a nought behind its point', '{"topic":"t","a":100.0}'],
    ['blanks', '{ "topic": "t" }'],
    ['a key that is there twice', '{"topic":"t","a":1,"a":2}'],
    ['an escaped letter', '{"topic":"caf\\u00e9"}'],
  ])('refuses %s, which is genuine', async (_what, text) => {
    const bytes = Buffer.from(text);
    const signature = createHmac('sha256', API_KEY).update(bytes).digest('hex');
    expect(await byK2(bytes, signature)).toBe('refused');
    expect(await webhooks.verify(bytes, signature)).toBe(true);
    expect(webhooks.parse(bytes).kind).toBe('webhook');
  });
});
