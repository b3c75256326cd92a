import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  it,
} from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import {
  type KopoKopoClient,
  KopoKopoValidationError,
  Money,
} from '../../../lib/index.js';
import { failureOf } from '../../support/boot.js';
import {
  clientOf,
  type RecordingServer,
  recordingServer,
} from '../../support/recording-server.js';

const callbackUrl = 'https://shop.example/k2';
const PAYMENT = {
  tillNumber: 'K700001',
  phoneNumber: '0712345678',
  amount: 150,
  callbackUrl,
};
const WALLET = {
  type: 'mobile_wallet',
  phoneNumber: '0712345678',
  network: 'Safaricom',
  amount: 500,
  description: 'July',
};
const POLLING = {
  scope: 'company',
  from: '2026-08-01',
  to: '2026-08-02',
  callbackUrl,
};
const SUBSCRIPTION = {
  eventType: 'buygoods_transaction_received',
  url: callbackUrl,
  scope: 'till',
  scopeReference: '1',
};

interface Refusal {
  what: string;
  resource: string;
  request: unknown;
  messages: string[];
}

function of(
  resource: string,
  base: object,
  cases: [what: string, change: object, ...messages: string[]][],
): Refusal[] {
  return cases.map(([what, change, ...messages]) => ({
    what,
    resource,
    request: { ...base, ...change },
    messages,
  }));
}

const PHONE =
  'must be a Kenyan mobile number, such as 0712345678, 0112345678 or +254712345678.';
const AMOUNT = 'amount: must be whole shillings, of at least KSh 1.';
const PAYOUT = 'must be whole shillings, from KSh 10 to KSh 250,000.';
const HTTPS =
  'callbackUrl: must be a URL with https, such as https://shop.example/kopokopo.';

const REFUSALS: Refusal[] = [
  ...[undefined, null, 'text', 7, [], () => {}].map((request) => ({
    what: `${JSON.stringify(request) ?? typeof request}`,
    resource: 'incomingPayments',
    request,
    messages: ['The request must be an object.'],
  })),
  ...of('incomingPayments', PAYMENT, [
    ['no till', { tillNumber: undefined }, 'tillNumber: is missing.'],
    ['a blank till', { tillNumber: '  ' }, 'tillNumber: must not be blank.'],
    ['a number as till', { tillNumber: 7 }, 'tillNumber: must be a text.'],
    [
      'a foreign phone',
      { phoneNumber: '+255712345678' },
      `phoneNumber: ${PHONE}`,
    ],
    ['a short phone', { phoneNumber: '071234567' }, `phoneNumber: ${PHONE}`],
    ['a landline', { phoneNumber: '0202345678' }, `phoneNumber: ${PHONE}`],
    ['an amount of 0', { amount: 0 }, AMOUNT],
    ['a negative amount', { amount: -5 }, AMOUNT],
    ['a part of a shilling', { amount: 1.5 }, AMOUNT],
    ['a text with cents', { amount: '1.50' }, AMOUNT],
    ['no number', { amount: Number.NaN }, AMOUNT],
    ['an endless number', { amount: Number.POSITIVE_INFINITY }, AMOUNT],
    ['an amount in words', { amount: '1,000' }, AMOUNT],
    ['other money', { amount: Money.of(5, 'USD') }, AMOUNT],
    ['an http callback', { callbackUrl: 'http://shop.example' }, HTTPS],
    ['no URL', { callbackUrl: 'shop.example' }, HTTPS],
    [
      'no callback',
      { callbackUrl: undefined },
      'callbackUrl: is missing: Kopo Kopo sends the result there; pass it, or set webhooks.publicUrl and apiKey.',
    ],
    [
      'a callback with a password',
      { callbackUrl: 'https://a:b@shop.example' },
      'callbackUrl: must not hold a user name or a password.',
    ],
    [
      'six pairs',
      { metadata: { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 } },
      'metadata: must have at most 5 pairs.',
    ],
    [
      'five pairs and a reference',
      { reference: 'A', metadata: { a: 1, b: 2, c: 3, d: 4, e: 5 } },
      'metadata: must have at most 4 pairs beside the reference.',
    ],
    [
      'two references',
      { reference: 'A', metadata: { reference: 'B' } },
      'metadata.reference: differs from reference.',
    ],
    [
      'an object as a value',
      { metadata: { a: {} } },
      'metadata.a: must be a text, a number or true or false.',
    ],
    ['a list as metadata', { metadata: [] }, 'metadata: must be an object.'],
    [
      'a field of the wire',
      { till_number: 'K1' },
      'till_number: is no field of a IncomingPaymentRequest; it has tillNumber, phoneNumber, amount, firstName, middleName, lastName, email, paymentChannel, reference, metadata, callbackUrl.',
    ],
    [
      'several faults at once',
      { tillNumber: '', phoneNumber: '1', amount: 0 },
      'tillNumber: must not be blank.',
      `phoneNumber: ${PHONE}`,
      AMOUNT,
    ],
  ]),
  ...of('sendMoney', { callbackUrl, destinations: [WALLET] }, [
    [
      'no destination',
      { destinations: [] },
      'destinations: must be a list of at least one.',
    ],
    [
      'none at all',
      { destinations: undefined },
      'destinations: must be a list of at least one.',
    ],
    [
      'a strange destination',
      { destinations: [{ ...WALLET, type: 'purse' }] },
      'destinations[0].type: must be one of mobile_wallet, bank_account, till, paybill, merchant_wallet, merchant_bank_account.',
    ],
    [
      'one of a prototype',
      { destinations: [{ ...WALLET, type: 'constructor' }] },
      'destinations[0].type: must be one of mobile_wallet, bank_account, till, paybill, merchant_wallet, merchant_bank_account.',
    ],
    [
      'no object',
      { destinations: [WALLET, null] },
      'destinations[1]: must be an object.',
    ],
    [
      'faults of the second',
      { destinations: [WALLET, { ...WALLET, phoneNumber: '07', amount: 9 }] },
      `destinations[1].phoneNumber: ${PHONE}`,
      `destinations[1].amount: ${PAYOUT}`,
    ],
    [
      'too much',
      { destinations: [{ ...WALLET, amount: 250_001 }] },
      `destinations[0].amount: ${PAYOUT}`,
    ],
    [
      'no description',
      { destinations: [{ ...WALLET, description: undefined }] },
      'destinations[0].description: is missing.',
    ],
    [
      'a wallet without its network',
      { destinations: [{ ...WALLET, network: undefined }] },
      'destinations[0].network: is missing.',
    ],
  ]),
  ...of(
    'externalRecipients',
    { type: 'till', tillName: 'D', tillNumber: '1' },
    [
      [
        'another type',
        { type: 'kopo' },
        'type: must be one of mobile_wallet, bank_account, till, paybill.',
      ],
      ['no name', { tillName: undefined }, 'tillName: is missing.'],
    ],
  ),
  ...of('merchantBankAccounts', {}, [
    [
      'nothing',
      {},
      'accountName: is missing.',
      'accountNumber: is missing.',
      'bankBranchRef: is missing.',
      'settlementMethod: is missing.',
    ],
  ]),
  ...of('reversals', { transactionReference: 'SH1', callbackUrl }, [
    ['no reason', {}, 'reason: is missing.'],
  ]),
  ...of('polling', POLLING, [
    [
      'a till without its number',
      { scope: 'till' },
      'scopeReference: is missing: the number of the till.',
    ],
    [
      'a company with a number',
      { scopeReference: '1' },
      'scopeReference: must be left out where the scope is company.',
    ],
    ['a time backwards', { to: '2026-07-31' }, 'to: must be later than from.'],
    [
      'no time',
      { from: 'yesterday' },
      'from: must be a Date or a text such as 2026-08-01T09:15:00+03:00.',
    ],
    [
      'no date',
      { from: new Date(Number.NaN) },
      'from: must be a Date or a text such as 2026-08-01T09:15:00+03:00.',
    ],
  ]),
  ...of('webhookSubscriptions', SUBSCRIPTION, [
    [
      'another scope',
      { scope: 'Till' },
      'scope: must be one of till, company.',
    ],
    [
      'Daraja of another topic',
      { eventType: 'customer_created', enableDarajaPayload: true },
      'enableDarajaPayload: is for buygoods_transaction_received and b2b_transaction_received only.',
    ],
    [
      'a text for a flag',
      { enableDarajaPayload: 'true' },
      'enableDarajaPayload: must be true or false.',
    ],
  ]),
];

describe('A request that is not valid', () => {
  let server: RecordingServer;
  let app: INestApplicationContext;
  let client: KopoKopoClient;

  beforeAll(async () => {
    server = await recordingServer();
    ({ app, client } = await clientOf(server));
  });
  afterEach(() => expect(server.requests).toEqual([]));
  afterAll(async () => {
    await app.close();
    await server[Symbol.asyncDispose]();
  });

  it.each(REFUSALS)(
    'of $resource, with $what, is refused before it is sent',
    async ({ resource, request, messages }) => {
      const clients = client as unknown as Record<
        string,
        { create(request: unknown): Promise<unknown> }
      >;
      const error = await failureOf(clients[resource]!.create(request));
      expect(error).toBeInstanceOf(KopoKopoValidationError);
      expect(error).toMatchObject({ messages, outcome: 'not-sent' });
    },
  );

  it('that settles a part of what it names is refused: nothing is swept by mistake', async () => {
    const error = await failureOf(
      client.v1.settlementTransfers.create({ amount: 100, callbackUrl }),
    );
    expect(error).toMatchObject({
      messages: [
        expect.stringContaining('destinationType: is missing'),
        expect.stringContaining('destinationReference: is missing'),
      ],
    });
  });

  it('tells of a missing callback beside all other faults', async () => {
    const error = await failureOf(
      client.incomingPayments.create({ tillNumber: 'K700001' } as never),
    );
    expect(error).toMatchObject({
      messages: [
        expect.stringContaining('phoneNumber: is missing'),
        expect.stringContaining('amount: is missing'),
        expect.stringContaining('callbackUrl: is missing'),
      ],
    });
  });

  it('says nothing of the values it refuses', async () => {
    const error = await failureOf(
      client.incomingPayments.create({
        ...PAYMENT,
        phoneNumber: '+25579900111',
      }),
    );
    expect(JSON.stringify(error) + error.stack).not.toContain('79900111');
  });

  it('says nothing of a phone number that is the name of a field', async () => {
    const error = await failureOf(
      client.incomingPayments.create({
        ...PAYMENT,
        metadata: { '0799001122': {} as never },
        ['+254799003344' as 'email']: 'x',
      }),
    );
    expect(error).toMatchObject({ code: 'KOPOKOPO_VALIDATION' });
    expect(JSON.stringify(error) + error.stack).not.toMatch(/79900/);
  });

  it('may have options that are null', async () => {
    const error = await failureOf(
      client.incomingPayments.create(
        { ...PAYMENT, amount: 0 },
        null as unknown as undefined,
      ),
    );
    expect(error).toBeInstanceOf(KopoKopoValidationError);
  });

  it('whose fields throw is refused', async () => {
    const request = {
      ...PAYMENT,
      get amount(): number {
        throw new Error('a getter of the app');
      },
    };
    const error = await failureOf(client.incomingPayments.create(request));
    expect(error).toBeInstanceOf(KopoKopoValidationError);
  });

  it('with a callback on this machine is refused unless a sandbox on it is talked to', async () => {
    const foreign = await clientOf(server, {
      baseUrl: 'https://sandbox.example',
      token: { prefetch: 'off' },
    });
    const error = await failureOf(
      foreign.client.incomingPayments.create({
        ...PAYMENT,
        callbackUrl: 'http://127.0.0.1:3000/k2',
      }),
    );
    expect(error).toMatchObject({
      messages: ['callbackUrl: must be a public URL with https.'],
    });
    await foreign.app.close();
  });
});
