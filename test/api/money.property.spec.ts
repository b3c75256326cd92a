import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import {
  isKopoKopoError,
  type KopoKopoError,
  KopoKopoClient,
  KopoKopoConnectionError,
  KopoKopoHttpService,
  KopoKopoRefusedError,
  KopoKopoShutdownError,
  type ResourceCallOptions,
} from '../../lib/index.js';
import { openShop } from '../support/boot.js';
import {
  type Arrival,
  type MoneyServer,
  moneyServer,
} from '../support/money-server.js';

/** POSTs altogether, and those under way at once. */
const POSTS = 2_000;
const AT_ONCE = 50;

/** Repeats a run: `MONEY_SEED=… npm run -s test:jest -- test/api/money.property.spec.ts`. */
const SEED = Number(process.env.MONEY_SEED ?? Date.now() % 1_000_000_000);

/** Milliseconds a call may take where its script hangs. */
const SHORT = 40;

const callbackUrl = 'https://shop.example/k2';

/** A proxy or a server says so of what may have been acted on. */
const OPEN_4XX = new Set([408, 444, 460, 499]);

function isOpen(status: number): boolean {
  return OPEN_4XX.has(status) || status >= 500;
}

function isRejection(status: number): boolean {
  return status >= 400 && !isOpen(status);
}

/** When a caller leaves: before it has asked, when its POST has arrived, or at any moment. */
type AbortMoment = 'before' | 'arrived' | 'any';

interface Case {
  script: Arrival[];
  abort?: { moment: AbortMoment; delay: number; reason: unknown } | undefined;
}

const WORDS = [
  'invalid_client',
  'invalid_token',
  'invalid_request',
  'insufficient_scope',
];

const bodies = fc.oneof(
  fc.constantFrom('', '{}', 'null', '<html>No</html>', '{"error_message":"No'),
  fc.constantFrom(...WORDS).map((error) => JSON.stringify({ error })),
  fc.string({ unit: 'binary-ascii' }),
  fc.json(),
  fc
    .constantFrom({ errors: { amount: ['is small'] } }, { error_message: 'No' })
    .map((body) => JSON.stringify(body)),
  fc.constant(gzipSync('{}').toString('latin1')),
);

const headers = fc
  .record(
    {
      'Content-Type': fc.constantFrom(
        'application/json',
        'text/html',
        'text/plain',
        'nonsense',
      ),
      'WWW-Authenticate': fc
        .constantFrom(...WORDS)
        .map((error) => `Bearer realm="Doorkeeper", error="${error}"`),
      'Content-Encoding': fc.constantFrom('gzip', 'deflate', 'br', 'unknown'),
      'Retry-After': fc.constantFrom('0', '1', 'soon'),
      Location: fc.constant('http://127.0.0.1/api/v2/send_money/1'),
    },
    { requiredKeys: [] },
  )
  .map((some) => ({ ...some }) as Record<string, string>);

const statuses = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 100, max: 599 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(200, 201, 302, 400, 401, 403, 407, 422, 429),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(408, 444, 460, 499, 500, 502, 503, 504),
  },
);

const arrivals: fc.Arbitrary<Arrival> = fc
  .record({
    status: statuses,
    accepts: fc.boolean(),
    headers,
    body: bodies,
    delay: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 10 })),
    ending: fc.oneof(
      {
        weight: 12,
        arbitrary: fc.constantFrom<Arrival['ending']>('whole', 'closed'),
      },
      {
        weight: 4,
        arbitrary: fc.constantFrom<Arrival['ending']>(
          'headless',
          'headed',
          'half',
        ),
      },
      { weight: 1, arbitrary: fc.constant<Arrival['ending']>('hang') },
    ),
  })
  .map((arrival) => {
    const { status } = arrival;
    const isAccepted = status >= 200 && status < 300;
    return {
      ...arrival,
      accepts: isAccepted || (arrival.accepts && !isRejection(status)),
    };
  });

/** Errors of ours that tell of other calls, among what a caller may abort with. */
const reasons = fc.constantFrom<unknown>(
  undefined,
  new Error('gone'),
  new KopoKopoShutdownError('Another call was not sent.'),
  new KopoKopoRefusedError('Another call was refused.'),
  new KopoKopoConnectionError('Not sent.', { outcome: 'not-sent' }),
);

const cases: fc.Arbitrary<Case> = fc.record({
  script: fc.array(arrivals, { minLength: 1, maxLength: 2 }),
  abort: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    {
      weight: 1,
      arbitrary: fc.record({
        moment: fc.oneof(fc.constantFrom<AbortMoment>('before', 'any'), {
          weight: 2,
          arbitrary: fc.constant<AbortMoment>('arrived'),
        }),
        delay: fc.integer({ min: 0, max: 12 }),
        reason: reasons,
      }),
    },
  ),
});

/** How many of a kind there were: a script is no use if nothing of a kind ever happens. */
const happened = { answered: 0, leftBefore: 0, leftOnTheWay: 0 };

/** What each POST was told, to be held against what the server did when all is quiet. */
const told = new Map<number, KopoKopoError | undefined>();

let numbers = 0;

/** Every way to move money, each with the number of its POST in it. */
const WAYS: ((
  shop: { http: KopoKopoHttpService; client: KopoKopoClient },
  number: number,
  options: ResourceCallOptions,
) => Promise<unknown>)[] = [
  ({ http }, number, options) => http.post('/send_money', { number }, options),
  ({ client }, number, options) =>
    client.incomingPayments.create(
      {
        tillNumber: 'K700001',
        phoneNumber: '0712345678',
        amount: 150,
        metadata: { number },
        callbackUrl,
      },
      options,
    ),
  ({ client }, number, options) =>
    client.sendMoney.create(
      {
        destinations: [
          { type: 'till', tillNumber: '12', amount: 10, description: 'Rent' },
        ],
        metadata: { number },
        callbackUrl,
      },
      options,
    ),
  ({ client }, number, options) =>
    client.sendMoney.sweep({ metadata: { number }, callbackUrl }, options),
  ({ client }, number, options) =>
    client.reversals.create(
      {
        transactionReference: 'SH1',
        reason: 'Returned',
        metadata: { number },
        callbackUrl,
      },
      options,
    ),
  ({ client }, number, options) =>
    client.v1.payments.create(
      {
        destinationType: 'till',
        destinationReference: 'one',
        amount: 10,
        description: 'Rent',
        metadata: { number },
        callbackUrl,
      },
      options,
    ),
  ({ client }, number, options) =>
    client.v1.settlementTransfers.create(
      {
        destinationType: 'merchant_wallet',
        destinationReference: String(number),
        amount: 10,
        callbackUrl,
      },
      options,
    ),
];

async function play(
  server: MoneyServer,
  shop: { http: KopoKopoHttpService; client: KopoKopoClient },
  { script, abort }: Case,
): Promise<void> {
  const number = (numbers += 1);
  server.scripts.set(number, script);
  const caller = new AbortController();
  const leave = (): void => caller.abort(abort?.reason);
  let timer: NodeJS.Timeout | undefined;
  if (abort?.moment === 'before') leave();
  if (abort?.moment === 'any') timer = setTimeout(leave, abort.delay);
  // At once, or while the answer is on its way.
  const onArrival = (): void => {
    if (abort!.delay % 2 === 0) leave();
    else timer = setTimeout(leave, abort!.delay);
  };
  if (abort?.moment === 'arrived') server.onArrival.set(number, onArrival);
  const hangs = script.some(({ ending }) => ending === 'hang');
  const way = WAYS[number % WAYS.length]!;
  const options = { signal: caller.signal, ...(hangs && { timeout: SHORT }) };
  const result = await way(shop, number, options).then(
    () => undefined,
    (error: unknown) => {
      if (!isKopoKopoError(error)) throw error;
      return error;
    },
  );
  clearTimeout(timer);
  told.set(number, result);
  try {
    check(result, { number, server, abort, script });
  } catch (cause) {
    const shown = JSON.stringify({ script, abort });
    throw new Error(`POST ${number} of seed ${SEED}: ${shown}`, { cause });
  }
}

function check(
  result: KopoKopoError | undefined,
  {
    number,
    server,
    abort,
    script,
  }: { number: number; server: MoneyServer } & Case,
): void {
  const created = server.created.get(number) ?? 0;
  const arrived = server.arrivals.get(number) ?? 0;
  expect(created).toBeLessThanOrEqual(1);
  if (result === undefined) {
    expect(created).toBe(1);
    happened.answered += 1;
    return;
  }
  const { outcome, status, code } = result;
  const hasLeft = code === 'KOPOKOPO_ABORTED';
  if (hasLeft && outcome === 'not-sent') happened.leftBefore += 1;
  if (hasLeft && outcome === 'unknown') happened.leftOnTheWay += 1;
  if (!hasLeft) happened.answered += 1;
  expect(result.method).toBe('POST');
  expect(result.path).toMatch(/^\/api\/v[12]\/[a-z_]+$/);
  if (outcome !== 'unknown') expect(created).toBe(0);
  if (outcome === 'not-sent' && hasLeft) expect(arrived).toBe(0);
  if (abort?.moment === 'before') expect(outcome).toBe('not-sent');
  // An error of ours that the caller aborts with tells of another call; after a 401 nothing was accepted.
  const isOnTheWay = arrived === 1 && script[0]!.status !== 401;
  if (abort && hasLeft && isOnTheWay) expect(outcome).toBe('unknown');
  if (outcome === 'unknown') expect(result.retryable).toBe(false);
  if (status !== undefined && isOpen(status)) expect(outcome).toBe('unknown');
  if (status !== undefined && isRejection(status)) {
    expect(outcome).toBe('rejected');
  }
}

describe(`${POSTS} POSTs that move money (seed ${SEED})`, () => {
  it('are never accepted twice, and those that are said to be rejected or not sent never once, whatever the answers', async () => {
    await using server = await moneyServer();
    await using shop = await openShop({
      baseUrl: server.url,
      timeout: 5_000,
      shutdown: { revoke: false },
    });
    const http = shop.app.get(KopoKopoHttpService);
    const client = shop.app.get(KopoKopoClient);
    const all = fc.sample(cases, { numRuns: POSTS, seed: SEED });
    for (let first = 0; first < POSTS; first += AT_ONCE) {
      const batch = all.slice(first, first + AT_ONCE);
      await Promise.all(
        batch.map((one) => play(server, { http, client }, one)),
      );
    }
    expect(numbers).toBe(POSTS);
    await server.quiet();
    for (const [number, error] of told) {
      const created = server.created.get(number) ?? 0;
      expect(created).toBeLessThanOrEqual(1);
      if (error !== undefined && error.outcome !== 'unknown') {
        expect({ number, created }).toEqual({ number, created: 0 });
      }
    }
    expect(server.created.size).toBeGreaterThan(POSTS / 4);
    expect(happened.answered).toBeGreaterThan(POSTS / 2);
    expect(happened.leftBefore).toBeGreaterThan(POSTS / 50);
    expect(happened.leftOnTheWay).toBeGreaterThan(POSTS / 20);
  });
});
