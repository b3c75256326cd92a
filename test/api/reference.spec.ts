import type { INestApplicationContext } from '@nestjs/common';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
} from '@jest/globals';
import {
  KopoKopoClient,
  type KopoKopoError,
  KopoKopoModule,
  type KopoKopoModuleOptions,
  KopoKopoReferenceError,
  type KopoKopoStore,
  MemoryStore,
} from '../../lib/index.js';
import { RedisStore } from '../../lib/redis/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { boot, failureOf, LogBook, QUIET } from '../support/boot.js';
import { bundled } from '../support/bundled.js';
import { eventually } from '../support/redis-fleet.js';
import { describeWith, RedisServer } from '../support/redis-server.js';
import { SHORT_LIVED } from '../support/short-lived.js';
import { deliver, incomingPayment } from '../events/deliver.js';
import { openApp } from '../events/shop-app.js';

const REQUEST = {
  tillNumber: 'K700001',
  phoneNumber: '0712345678',
  amount: 150,
  reference: 'A-17',
  callbackUrl: 'http://127.0.0.1:1/k2',
};
const PATH = 'api';

/** A store of two processes that can fail, say nothing, or tell that time has gone by. */
class TestStore extends MemoryStore {
  ahead = 0;
  fault: 'none' | 'fails' | 'fails after' = 'none';

  override async read(key: string) {
    if (this.fault !== 'none') throw new Error('redis://:password@cache');
    const found = await super.read(key);
    return { ...found, now: found.now + this.ahead };
  }

  override async swap(...step: Parameters<MemoryStore['swap']>) {
    if (this.fault === 'fails') throw new Error('redis://:password@cache');
    const result = await super.swap(...step);
    if (this.fault === 'fails after')
      throw new Error('redis://:password@cache');
    return { ...result, now: result.now + this.ahead };
  }

  /** The apps of a test share it, and one ends before the other. */
  override async close(): Promise<void> {}
}

let sandbox: KopoKopoSandbox;
let store: TestStore;
const apps: INestApplicationContext[] = [];

beforeEach(async () => {
  sandbox = await KopoKopoSandbox.start();
  store = new TestStore();
});
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
  await sandbox.stop();
});

async function client(
  given: Partial<KopoKopoModuleOptions> = {},
  logger: LogBook | false = false,
): Promise<KopoKopoClient> {
  const options = { ...sandbox.moduleOptions, ...QUIET, store, ...given };
  const app = await boot(KopoKopoModule.forRoot(options), logger);
  apps.push(app);
  return app.get(KopoKopoClient);
}

async function refusalOf(creation: Promise<unknown>): Promise<KopoKopoError> {
  return (await failureOf(creation)) as KopoKopoError;
}

describe('A request with a reference', () => {
  it('asked for twice gives the first answer and is sent once', async () => {
    const { incomingPayments } = await client();
    const first = await incomingPayments.create(REQUEST);
    const again = await incomingPayments.create({ ...REQUEST, amount: '150' });
    expect(again).toEqual(first);
    expect(sandbox.created).toHaveLength(1);
  });

  it('asked for again by another process gives the first answer', async () => {
    const first = await (await client()).incomingPayments.create(REQUEST);
    const other = (await client()).incomingPayments;
    expect(await other.create(REQUEST)).toEqual(first);
    expect(sandbox.created).toHaveLength(1);
  });

  it('is sent once where two processes ask at once, twenty times each', async () => {
    sandbox.failNext(PATH, { kind: 'delay', ms: 200 });
    const [one, two] = [await client(), await client()];
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        (n % 2 ? one : two).incomingPayments.create(REQUEST),
      ),
    );
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(sandbox.created).toHaveLength(1);
  });

  it('with other content is refused and not sent, also while the first is under way', async () => {
    const { incomingPayments } = await client();
    const other = (await client()).incomingPayments;
    const changed = { ...REQUEST, amount: 151 };
    sandbox.failNext(PATH, { kind: 'delay', ms: 200 });
    const first = incomingPayments.create(REQUEST);
    await sandbox.waitForRequest('api');
    for (const each of [incomingPayments, other, incomingPayments]) {
      const error = await refusalOf(each.create(changed));
      expect(error).toBeInstanceOf(KopoKopoReferenceError);
      expect(error).toMatchObject({
        code: 'KOPOKOPO_REFERENCE',
        outcome: 'not-sent',
        retryable: false,
        path: '/api/v2/incoming_payments',
      });
      expect(error.message).toContain('other content');
      expect(JSON.stringify(error) + error.stack).not.toMatch(/A-17|712345678/);
    }
    await first;
    await refusalOf(other.create(changed));
    expect(sandbox.created).toHaveLength(1);
  });

  it('is told apart by content, not by the order of metadata, nor by where the result goes', async () => {
    const { incomingPayments } = await client();
    const first = await incomingPayments.create({
      ...REQUEST,
      metadata: { a: 1, b: 2 },
    });
    const again = await incomingPayments.create({
      ...REQUEST,
      metadata: { b: 2, a: 1 },
      callbackUrl: 'http://127.0.0.1:1/elsewhere',
    });
    expect(again).toEqual(first);
  });

  it('may be the same for another kind of request', async () => {
    const { incomingPayments, reversals } = await client();
    await incomingPayments.create(REQUEST);
    const reversal = reversals.create({
      transactionReference: 'SH1ABC2DEF',
      reason: 'Returned',
      reference: REQUEST.reference,
      callbackUrl: REQUEST.callbackUrl,
    });
    const error = await refusalOf(reversal);
    // It was sent: the sandbox knows no such transaction.
    expect(error).not.toBeInstanceOf(KopoKopoReferenceError);
  });

  it.each([
    ['400', { kind: 'status', status: 400 }],
    ['429', { kind: 'status', status: 429 }],
    ['422 with words', { kind: 'json', status: 422, body: { error: 'no' } }],
  ] as const)('may be sent again after a %s', async (_what, fault) => {
    const { incomingPayments } = await client();
    sandbox.failNext(PATH, fault);
    const refusal = await refusalOf(incomingPayments.create(REQUEST));
    expect(refusal.outcome).toBe('rejected');
    await (await client()).incomingPayments.create({ ...REQUEST, amount: 20 });
    expect(sandbox.created).toHaveLength(1);
  });

  it.each([
    ['500', { kind: 'status', status: 500 }],
    [
      '503 with Retry-After',
      { kind: 'status', status: 503, headers: { 'retry-after': '1' } },
    ],
    ['a lost answer', { kind: 'lost' }],
    ['half an answer', { kind: 'half' }],
    ['a reset', { kind: 'reset' }],
    ['a 201 without Location', { kind: 'json', status: 201, body: {} }],
    ['an HTML page', { kind: 'html' }],
  ] as const)('is never sent again after %s', async (_what, fault) => {
    const { incomingPayments } = await client();
    sandbox.failNext(PATH, fault);
    const first = await refusalOf(incomingPayments.create(REQUEST));
    expect(first.outcome).toBe('unknown');
    const posts = sandbox.counters.api;
    for (const each of [incomingPayments, (await client()).incomingPayments]) {
      const error = await refusalOf(each.create(REQUEST));
      expect(error).toBeInstanceOf(KopoKopoReferenceError);
      expect(error).toMatchObject({ outcome: 'unknown', retryable: false });
      expect(error.message).toContain('may have been accepted before');
      expect(error.message).toContain('KopoKopoResults.reconcile()');
    }
    expect(sandbox.counters.api).toBe(posts);
  });

  it('of money that is sent says where to look', async () => {
    const { sendMoney } = await client();
    const payout = {
      destinations: [
        {
          type: 'mobile_wallet',
          nickname: 'Ana',
          phoneNumber: '0712345678',
          network: 'Safaricom',
          amount: 100,
          description: 'Payout',
        },
      ],
      reference: 'P-1',
      callbackUrl: REQUEST.callbackUrl,
    } as const;
    sandbox.failNext('api', { kind: 'lost' });
    await refusalOf(sendMoney.create(payout as never));
    const error = await refusalOf(sendMoney.create(payout as never));
    expect(error).toMatchObject({
      code: 'KOPOKOPO_REFERENCE',
      outcome: 'unknown',
    });
    expect(error.message).toContain("look in Kopo Kopo's dashboard");
    expect(sandbox.created).toHaveLength(1);
  });

  it('that was not sent because its caller left may be sent by the next one', async () => {
    const { incomingPayments } = await client();
    sandbox.failNext('token', { kind: 'delay', ms: 300 });
    const leaving = new AbortController();
    const first = refusalOf(
      incomingPayments.create(REQUEST, { signal: leaving.signal }),
    );
    await sandbox.waitForRequest('token');
    const second = incomingPayments.create(REQUEST);
    leaving.abort();
    expect((await first).outcome).toBe('not-sent');
    await second;
    expect(sandbox.created).toHaveLength(1);
  });

  it('frees a caller who leaves while another one sends it', async () => {
    const { incomingPayments } = await client();
    sandbox.failNext(PATH, { kind: 'delay', ms: 300 });
    const first = incomingPayments.create(REQUEST);
    await sandbox.waitForRequest('api');
    const leaving = new AbortController();
    const second = refusalOf(
      incomingPayments.create(REQUEST, { signal: leaving.signal }),
    );
    leaving.abort();
    expect(await second).toMatchObject({
      code: 'KOPOKOPO_ABORTED',
      outcome: 'unknown',
    });
    await first;
    expect(sandbox.created).toHaveLength(1);
  });

  it('is known after the client secret was rotated', async () => {
    const first = await (await client()).incomingPayments.create(REQUEST);
    sandbox.rotateSecret(sandbox.clientId, 'another-secret');
    const clientSecret = 'another-secret';
    const rotated = (await client({ clientSecret })).incomingPayments;
    expect(await rotated.create(REQUEST)).toEqual(first);
  });

  it('counts as unknown where its entry can not be read', async () => {
    const { incomingPayments } = await client();
    await incomingPayments.create(REQUEST);
    const swap = store.swap.bind(store);
    store.swap = async (...step) => {
      const found = await swap(...step);
      return found.swapped ? found : { ...found, document: '{"state":"x"}' };
    };
    const error = await refusalOf(incomingPayments.create(REQUEST));
    expect(error).toMatchObject({
      code: 'KOPOKOPO_REFERENCE',
      outcome: 'unknown',
    });
    expect(sandbox.created).toHaveLength(1);
  });
});

describe('A reference of unknown outcome', () => {
  it('is resolved by the result that carries it', async () => {
    const shared = { store, baseUrl: sandbox.url };
    class NoHandlers {}
    await using shop = await openApp(NoHandlers, {
      ...sandbox.moduleOptions,
      ...shared,
      baseUrl: sandbox.url,
      webhooks: { publicUrl: 'http://127.0.0.1:1', unhandled: 'ignore' },
    });
    const { incomingPayments } = await client();
    sandbox.failNext(PATH, { kind: 'lost' });
    await refusalOf(incomingPayments.create(REQUEST));
    const [{ id } = { id: '' }] = sandbox.created;
    const url = `${shop.url}/kopokopo/webhooks`;
    await deliver(url, incomingPayment(id), { key: sandbox.apiKey });
    await eventually('the journal has heard', async () => {
      const found = await incomingPayments
        .create(REQUEST)
        .catch(() => undefined);
      return found?.id === id;
    });
    expect(sandbox.created).toHaveLength(1);
  });
});

describe('A result that carries the reference', () => {
  it('makes known a request that something on the way said was refused', async () => {
    class NoHandlers {}
    await using shop = await openApp(NoHandlers, {
      ...sandbox.moduleOptions,
      store,
      webhooks: { publicUrl: 'http://127.0.0.1:1', unhandled: 'ignore' },
    });
    const { incomingPayments } = await client();
    sandbox.failNext(PATH, { kind: 'status', status: 403 });
    await refusalOf(incomingPayments.create(REQUEST));
    const url = `${shop.url}/kopokopo/webhooks`;
    await deliver(url, incomingPayment('pay-1'), { key: sandbox.apiKey });
    const known = async () => {
      const keys = await incomingPayments
        .create(REQUEST)
        .catch(() => undefined);
      return keys?.id === 'pay-1';
    };
    await eventually('the journal has heard', known);
    expect(sandbox.created).toHaveLength(0);
  });
});

describe('A store that makes a step twice', () => {
  it('has the request sent once all the same', async () => {
    const swap = store.swap.bind(store);
    store.swap = async (...step) => {
      await swap(...step);
      return swap(...step);
    };
    const { incomingPayments } = await client();
    await incomingPayments.create(REQUEST);
    expect(sandbox.created).toHaveLength(1);
  });
});

describe('webhookSubscriptions.ensure', () => {
  const url = 'http://127.0.0.1:1/kopokopo/webhooks';
  const wanted = ['buygoods_transaction_received', 'customer_created'].map(
    (eventType) => ({ eventType, url, scope: 'company' as const }),
  );

  it('creates what the store does not know yet, and only that, from any process', async () => {
    const first = await (
      await client()
    ).webhookSubscriptions.ensure(wanted.slice(0, 1));
    const { webhookSubscriptions } = await client();
    const all = await webhookSubscriptions.ensure(wanted);
    expect(all).toHaveLength(2);
    expect(all[0]).toEqual(first[0]);
    expect(await webhookSubscriptions.ensure(wanted)).toEqual(all);
    expect(sandbox.created).toHaveLength(2);
    const other = { ...wanted[0]!, url: `${url}/2` };
    await webhookSubscriptions.ensure([other]);
    expect(sandbox.created).toHaveLength(3);
  });

  it('checks all of them before the first is sent', async () => {
    const { webhookSubscriptions } = await client();
    const list = [...wanted, { ...wanted[0]!, scope: 'shop' }];
    const error = await refusalOf(webhookSubscriptions.ensure(list as never));
    expect(error.code).toBe('KOPOKOPO_VALIDATION');
    const none = await refusalOf(webhookSubscriptions.ensure({} as never));
    expect(none.code).toBe('KOPOKOPO_VALIDATION');
    expect(sandbox.counters.api).toBe(0);
  });

  it('goes on where it stopped', async () => {
    const { webhookSubscriptions } = await client();
    sandbox.failNext('api', { kind: 'delay', ms: 0 });
    sandbox.failNext('api', { kind: 'status', status: 429 });
    await refusalOf(webhookSubscriptions.ensure(wanted));
    expect(sandbox.created).toHaveLength(1);
    expect(await webhookSubscriptions.ensure(wanted)).toHaveLength(2);
    expect(sandbox.created).toHaveLength(2);
  });
});

describe('A call that can not be made', () => {
  it.each([
    ['timeout', { timeout: 0 }],
    ['signal', { signal: 5 }],
  ])('for its %s leaves no entry', async (_what, options) => {
    const { incomingPayments } = await client();
    const error = await refusalOf(
      incomingPayments.create(REQUEST, options as never),
    );
    expect(error.code).toBe('KOPOKOPO_VALIDATION');
    expect((await store.read('any')).document).toBeUndefined();
    await incomingPayments.create({ ...REQUEST, amount: 20 });
    expect(sandbox.created).toHaveLength(1);
  });
});

describe('While the store is out of reach', () => {
  it('a request with a reference is refused before anything is sent, and one without is sent', async () => {
    const log = new LogBook();
    const { incomingPayments } = await client({}, log);
    store.fault = 'fails';
    for (let n = 0; n < 2; n += 1) {
      const error = await refusalOf(incomingPayments.create(REQUEST));
      expect(error).toMatchObject({
        code: 'KOPOKOPO_REFERENCE',
        outcome: 'not-sent',
        retryable: true,
      });
    }
    expect(sandbox.counters.api).toBe(0);
    await incomingPayments.create({ ...REQUEST, reference: undefined });
    expect(sandbox.created).toHaveLength(1);
    const warnings = log
      .of('warn')
      .filter((line) => line.includes('The store'));
    expect(warnings).toEqual([
      expect.stringContaining('are refused until it is back'),
    ]);
    expect(log.lines.join()).not.toContain('password');
  });

  it('an entry that was written all the same is taken back, so that the next request is sent', async () => {
    const { incomingPayments } = await client();
    const phoneNumber = '0712345679';
    await incomingPayments.create({
      ...REQUEST,
      phoneNumber,
      reference: 'first',
    });
    store.fault = 'fails after';
    await refusalOf(incomingPayments.create(REQUEST));
    store.fault = 'none';
    await incomingPayments.create(REQUEST);
    expect(sandbox.created).toHaveLength(2);
  });

  it("with journal: 'best-effort' it is sent, with one warning", async () => {
    const log = new LogBook();
    const { incomingPayments } = await client({ journal: 'best-effort' }, log);
    store.fault = 'fails';
    await incomingPayments.create(REQUEST);
    expect(sandbox.created).toHaveLength(1);
    expect(log.of('warn').join('\n')).toContain('sent all the same');
  });

  it('the answer to a request that was sent is given, and known when the store is back', async () => {
    const { incomingPayments } = await client();
    sandbox.failNext(PATH, { kind: 'delay', ms: 200 });
    const creation = incomingPayments.create(REQUEST);
    await sandbox.waitForRequest('api');
    store.fault = 'fails';
    const first = await creation;
    store.fault = 'none';
    const other = (await client()).incomingPayments;
    expect(await other.create(REQUEST)).toEqual(first);
    expect(sandbox.created).toHaveLength(1);
  });
});

describe('A caller who leaves', () => {
  it('while another process sends the request is freed, and nothing is sent by it', async () => {
    const [one, two] = [await client(), await client()];
    sandbox.failNext(PATH, { kind: 'delay', ms: 400 });
    const first = one.incomingPayments.create(REQUEST);
    await sandbox.waitForRequest('api');
    const leaving = new AbortController();
    const second = refusalOf(
      two.incomingPayments.create(REQUEST, { signal: leaving.signal }),
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    leaving.abort();
    expect(await second).toMatchObject({
      code: 'KOPOKOPO_ABORTED',
      outcome: 'not-sent',
    });
    await first;
    expect(sandbox.created).toHaveLength(1);
  });
});

describe('A shutdown', () => {
  it('keeps the store open until the answer to the last request is written', async () => {
    let isClosed = false;
    store.close = async () => void (isClosed = true);
    const swap = store.swap.bind(store);
    store.swap = async (...step) => {
      if (isClosed) throw new Error('CLOSED');
      return swap(...step);
    };
    const { incomingPayments } = await client();
    sandbox.failNext(PATH, { kind: 'delay', ms: 300 });
    const creation = incomingPayments.create(REQUEST);
    await sandbox.waitForRequest('api');
    await Promise.all(apps.splice(0).map((app) => app.close()));
    const first = await creation;
    expect(isClosed).toBe(true);
    isClosed = false;
    expect(await (await client()).incomingPayments.create(REQUEST)).toEqual(
      first,
    );
  });
});

describeWith('redis-server', 'A process that is killed', () => {
  const script = fileURLToPath(
    new URL('fixtures/creator.mjs', import.meta.url),
  );
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  /** Each of its own phone: Kopo Kopo takes one request a phone at a time. */
  const references: string[] = [];
  function requestOf(reference: string) {
    if (!references.includes(reference)) references.push(reference);
    const phoneNumber = `07123456${10 + references.indexOf(reference)}`;
    return { ...REQUEST, reference, phoneNumber };
  }

  async function run(
    reference: string,
    dies?: { step: number; when: 'before' | 'after' },
    killed?: (kill: () => void) => Promise<void>,
  ): Promise<string> {
    const request = requestOf(reference);
    const options = { ...sandbox.moduleOptions, ...QUIET };
    const setup = { redis: server.url, options, request, dies };
    const child = spawn(process.execPath, [...SHORT_LIVED, bundled(script)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, CREATOR: JSON.stringify(setup) },
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    await killed?.(() => child.kill('SIGKILL'));
    await once(child, 'close');
    return text;
  }

  /** A process that starts when the lease of the other is over. */
  async function later(reference: string): Promise<string> {
    const redis = new RedisStore({ url: server.url });
    const hence: KopoKopoStore = {
      read: async (key) => ahead(await redis.read(key)),
      swap: async (...step) => ahead(await redis.swap(...step)),
      close: () => redis.close(),
    };
    const { incomingPayments } = await client({ store: hence });
    return incomingPayments.create(requestOf(reference)).then(
      ({ id }) => id,
      ({ code, outcome }: KopoKopoError) => `${code} ${outcome}`,
    );
  }

  const ahead = <T extends { now: number }>(found: T): T => ({
    ...found,
    now: found.now + 3_600_000,
  });

  it('at any step between journal and answer leaves a payment made once, or an unknown outcome, never two', async () => {
    const whole = await run('whole');
    const [, steps] = /CREATED \S+ after (\d+) steps/.exec(whole) ?? [];
    expect(whole).toContain('CREATED');
    expect(Number(steps)).toBeGreaterThanOrEqual(3);
    const points = Array.from(
      { length: Number(steps) },
      (_, n) => n + 1,
    ).flatMap((step) => [
      { step, when: 'before' as const },
      { step, when: 'after' as const },
    ]);
    const ends: string[] = [];
    for (const { step, when } of points) {
      const reference = `${when}-${step}`;
      const before = sandbox.created.length;
      const said = await run(reference, { step, when });
      expect(said).toBe('');
      const wasMade = sandbox.created.length - before;
      const end = await later(reference);
      const made = sandbox.created.slice(before);
      expect(made.length).toBeLessThanOrEqual(1);
      if (end === 'KOPOKOPO_REFERENCE unknown') ends.push('unknown');
      else {
        expect(end).toBe(made[0]!.id);
        ends.push(wasMade ? 'requested' : 'made now');
      }
    }
    // Nothing was written, then it was, then the answer was.
    expect(ends).toEqual([
      ...Array(ends.indexOf('unknown')).fill('made now'),
      ...Array(2).fill('unknown'),
      'requested',
    ]);
  });

  it.each([
    ['before Kopo Kopo works', { kind: 'hang' }, 0],
    ['while Kopo Kopo works', { kind: 'delay', ms: 400 }, 1],
  ] as const)('%s leaves an unknown outcome', async (what, fault, made) => {
    sandbox.failNext(PATH, fault);
    await run(what, undefined, async (kill) => {
      await sandbox.waitForRequest('api');
      kill();
    });
    expect(await later(what)).toBe('KOPOKOPO_REFERENCE unknown');
    await eventually('the work is done', () => sandbox.created.length === made);
    expect(await later(what)).toBe('KOPOKOPO_REFERENCE unknown');
    expect(sandbox.created).toHaveLength(made);
  });

  it('leaves nothing in Redis that names a phone, a reference or an amount', async () => {
    await run('order-4711');
    const keys = (await server.command(
      'KEYS',
      'kopokopo:1:creation:*',
    )) as string[];
    for (const key of [keys].flat()) {
      const text = JSON.stringify(await server.command('HGETALL', key));
      expect(text).not.toMatch(/4711|7123456|"150|K700001/);
    }
  });
});
