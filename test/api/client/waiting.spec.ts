import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  KopoKopoAbortError,
  type IncomingPayment,
  KopoKopoHttpService,
  type KopoKopoError,
  KopoKopoNotFoundError,
  KopoKopoPermissionError,
  KopoKopoTimeoutError,
  KopoKopoValidationError,
} from '../../../lib/index.js';
import { INCOMING_PAYMENTS } from '../../../lib/api/incoming-payments/incoming-payments.definition.js';
import { toHttpBody } from '../../../lib/errors/error-to-http.mapper.js';
import { ResultArrivals } from '../../../lib/api/resource/result-arrivals.js';
import { RequestClient } from '../../../lib/api/resource/request.client.js';
import { inspect } from 'node:util';
import { failureOf } from '../../support/boot.js';
import {
  type Answer,
  clientOf,
  type RecordingServer,
  recordingServer,
} from '../../support/recording-server.js';
import { VirtualRuntime } from '../../support/virtual-runtime.js';

const PHONE = '+254712345678';

function stk(status: string): Answer {
  const resource = { sender_phone_number: PHONE, amount: '150.0' };
  const event = { resource: status === 'Success' ? resource : null };
  const attributes = { status, event };
  const data = { id: 'the-id', type: 'incoming_payment', attributes };
  return { status: 200, body: { data } };
}

/** A wait under a clock that is moved by hand, and real calls. */
class Wait {
  readonly runtime = new VirtualRuntime();
  readonly arrivals = new ResultArrivals();
  readonly looks: number[] = [];
  ended = false;

  constructor(readonly server: RecordingServer) {
    this.runtime.chance = 0.5;
  }

  client(http: KopoKopoHttpService): RequestClient<never, IncomingPayment> {
    return new RequestClient(INCOMING_PAYMENTS, {
      http,
      runtime: this.runtime,
      origin: this.server.url,
      apiVersion: 'v2',
      callbackUrl: () => undefined,
      arrivals: this.arrivals,
      journal: undefined as never,
      openCreations: undefined as never,
    }) as unknown as RequestClient<never, IncomingPayment>;
  }

  /** Moves time on from look to look until the wait is over. */
  async over<T>(promise: Promise<T>): Promise<T> {
    const end = (): void => void (this.ended = true);
    promise.then(end, end);
    while (!this.ended) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      const [next] = this.runtime.due;
      if (next !== undefined) await this.runtime.advance(next);
    }
    return promise;
  }
}

describe('waitUntilFinal', () => {
  let server: RecordingServer;
  let close: () => Promise<void>;
  let http: KopoKopoHttpService;
  let wait: Wait;
  let client: RequestClient<never, IncomingPayment>;
  const answers: Answer[] = [];

  beforeEach(async () => {
    server = await recordingServer();
    const { app } = await clientOf(server);
    http = app.get(KopoKopoHttpService);
    close = () => app.close();
    wait = new Wait(server);
    client = wait.client(http);
    answers.length = 0;
    server.answer = () => {
      wait.looks.push(wait.runtime.clock.now());
      return answers.length > 1 ? answers.shift()! : answers[0]!;
    };
  });
  afterEach(async () => {
    await close();
    await server[Symbol.asyncDispose]();
  });

  function pauses(): number[] {
    return wait.looks.slice(1).map((at, index) => at - wait.looks[index]!);
  }

  it.each(['Success', 'Failed'])(
    'gives a payment that is %s at once',
    async (status) => {
      answers.push(stk(status));
      const payment = await wait.over(client.waitUntilFinal('the-id'));
      expect(payment.status).toBe(status);
      expect(wait.looks).toHaveLength(1);
    },
  );

  it('looks again with pauses that grow from 2 to 15 seconds, and tells each answer', async () => {
    answers.push(...Array<Answer>(9).fill(stk('Pending')), stk('Success'));
    const seen: string[] = [];
    await wait.over(
      client.waitUntilFinal('the-id', {
        onProgress: ({ status }) => void seen.push(status),
      }),
    );
    expect(pauses().map(Math.round)).toEqual([
      2_000, 3_000, 4_500, 6_750, 10_125, 15_000, 15_000, 15_000, 15_000,
    ]);
    expect(seen).toEqual([...Array<string>(9).fill('Pending'), 'Success']);
  });

  it('spreads the looks of many who wait', async () => {
    answers.push(...Array<Answer>(2).fill(stk('Pending')), stk('Success'));
    wait.runtime.chance = 0;
    await wait.over(client.waitUntilFinal('the-id'));
    expect(pauses()).toEqual([1_500, 2_250]);
  });

  it('waits a 404 out for ten seconds behind the creation, and no longer', async () => {
    answers.push({ status: 404 }, { status: 404 }, stk('Success'));
    await wait.over(client.waitUntilFinal('the-id'));
    expect(wait.looks).toHaveLength(3);

    const other = new Wait(server);
    wait = other;
    answers.splice(0, 9, { status: 404 });
    const error = await failureOf(
      other.over(other.client(http).waitUntilFinal('the-id')),
    );
    expect(error).toBeInstanceOf(KopoKopoNotFoundError);
    expect(other.looks.at(-1)! - other.looks[0]!).toBe(10_000);
  });

  it('looks again when a look has failed', async () => {
    answers.push(
      stk('Pending'),
      ...Array.from({ length: 3 }, () => ({ status: 503 })),
      stk('Success'),
    );
    const payment = await wait.over(client.waitUntilFinal('the-id'));
    expect(payment.isPaid).toBe(true);
  });

  it('ends at a failure that looking again can not mend', async () => {
    answers.push({ status: 403, body: { error_message: 'Not approved' } });
    const error = await failureOf(wait.over(client.waitUntilFinal('the-id')));
    expect(error).toBeInstanceOf(KopoKopoPermissionError);
    expect(wait.looks).toHaveLength(1);
    // The payment itself was accepted: nobody may take this for leave to ask again.
    expect(error).toMatchObject({ outcome: 'unknown', retryable: false });
  });

  it.each([
    ['its time is over', stk('Pending')],
    ['looking is refused', { status: 403 }],
    ['the payment is not found', { status: 404 }],
    ['nothing but failures come', { status: 503 }],
  ])(
    'is answered 502 where %s, which no client repeats',
    async (_what, answer) => {
      answers.push(answer);
      const error = await failureOf(
        wait.over(client.waitUntilFinal('the-id', { timeout: 15_000 })),
      );
      const body = toHttpBody(error as KopoKopoError);
      expect(body).toMatchObject({ statusCode: 502, outcome: 'unknown' });
      expect(body.message).toContain('must not be sent again');
      expect(error).not.toHaveProperty('method');
    },
  );

  it('ends with what an onProgress of its caller rejects with, though it is an error of ours', async () => {
    answers.push(stk('Pending'));
    const error = await failureOf(
      client.waitUntilFinal('the-id', {
        onProgress: async () => {
          await Promise.resolve();
          throw new KopoKopoTimeoutError('of the app');
        },
      }),
    );
    expect(error.message).toBe('of the app');
    expect(wait.looks).toHaveLength(1);
  });

  it('ends when its time is over, with the last answer seen, which nothing prints', async () => {
    answers.push(stk('Pending'));
    const begun = wait.runtime.clock.now();
    const error = await failureOf(
      wait.over(client.waitUntilFinal('the-id', { timeout: 20_000 })),
    );
    expect(error).toBeInstanceOf(KopoKopoTimeoutError);
    expect(error).toMatchObject({ outcome: 'unknown', retryable: false });
    expect(error.message).toContain('was "Pending" last');
    expect((error as KopoKopoTimeoutError).last).toMatchObject({
      status: 'Pending',
      isFinal: false,
    });
    expect(
      JSON.stringify(error) + inspect(error, { showHidden: true }),
    ).not.toMatch(/isFinal/);
    // The last look falls within the time.
    const last = wait.looks.at(-1)! - begun;
    expect(last).toBeGreaterThanOrEqual(18_000);
    expect(last).toBeLessThan(20_000);
  });

  it('is freed by its signal', async () => {
    answers.push(stk('Pending'));
    const ending = new AbortController();
    const waiting = client.waitUntilFinal('the-id', {
      signal: ending.signal,
      onProgress: () => setImmediate(() => ending.abort()),
    });
    const error = await failureOf(waiting);
    expect(error).toBeInstanceOf(KopoKopoAbortError);
  });

  it('ends with what onProgress throws', async () => {
    answers.push(stk('Pending'));
    const error = await failureOf(
      client.waitUntilFinal('the-id', {
        onProgress: () => {
          throw new Error('of the app');
        },
      }),
    );
    expect(error.message).toBe('of the app');
  });

  it.each([0, -1, Number.NaN, '5'])(
    'refuses a timeout of %p before it looks',
    async (timeout) => {
      const error = await failureOf(
        client.waitUntilFinal('the-id', { timeout: timeout as number }),
      );
      expect(error).toBeInstanceOf(KopoKopoValidationError);
      expect(wait.looks).toEqual([]);
    },
  );
});
