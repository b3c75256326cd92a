import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KopoKopoHttpService } from '../../lib/index.js';
import type { SandboxFault } from '../../lib/testing/index.js';
import { failureOf, openShop, type Shop } from '../support/boot.js';

let shop: Shop;
let http: KopoKopoHttpService;

beforeEach(async () => {
  shop = await openShop({ timeout: 400 });
  http = shop.app.get(KopoKopoHttpService);
  await shop.tokens.getToken();
});
afterEach(async () => shop[Symbol.asyncDispose]());

const pay = () => http.post('/send_money', { amount: 500 });

describe('A POST that moves money', () => {
  it.each<[string, SandboxFault, number]>([
    ['the answer is lost', { kind: 'lost' }, 1],
    [
      'the connection is reset after the work',
      { kind: 'reset', when: 'after' },
      1,
    ],
    ['the connection is reset before the work', { kind: 'reset' }, 0],
    ['the answer is cut', { kind: 'half' }, 1],
    ['the answer never comes', { kind: 'hang' }, 0],
    ['the answer comes too late', { kind: 'delay', ms: 1_500 }, 0],
    ['the answer is too large', { kind: 'large', bytes: 5 << 20 }, 1],
    ['the answer is 500', { kind: 'status', status: 500 }, 0],
    ['the answer is 502', { kind: 'status', status: 502 }, 0],
    [
      'the answer is 503 with Retry-After',
      { kind: 'status', status: 503, headers: { 'retry-after': '0' } },
      0,
    ],
    [
      'the answer is a redirect',
      { kind: 'redirect', location: '/api/v2/other' },
      0,
    ],
    ['the answer is a page', { kind: 'html', status: 200 }, 0],
  ])(
    'is sent once, and may have been accepted, when %s',
    async (_when, fault, accepted) => {
      shop.sandbox.failNext('api', fault);
      const error = await failureOf(pay());
      expect(error).toMatchObject({ outcome: 'unknown', retryable: false });
      expect(shop.sandbox.counters.api).toBe(1);
      expect(shop.sandbox.created).toHaveLength(accepted);
    },
  );

  it.each([400, 403, 404, 409, 422, 429])(
    'is sent once, and was not accepted, when the answer is %d',
    async (status) => {
      shop.sandbox.failNext('api', { kind: 'status', status });
      expect(await failureOf(pay())).toMatchObject({
        outcome: 'rejected',
        status,
      });
      expect(shop.sandbox.counters.api).toBe(1);
    },
  );

  it('is not sent when no token can be had, whatever became of the token request', async () => {
    shop.tokens.invalidateToken(shop.tokens.peekToken()!);
    shop.sandbox.failAlways('token', { kind: 'lost' });
    expect(await failureOf(pay())).toMatchObject({
      code: 'KOPOKOPO_CONNECTION',
      outcome: 'not-sent',
    });
    expect(shop.sandbox.counters.api).toBe(0);
  });

  it('is not sent when its signal has aborted already', async () => {
    const error = await failureOf(
      http.post('/send_money', {}, { signal: AbortSignal.abort() }),
    );
    expect(error).toMatchObject({ name: 'AbortError', outcome: 'not-sent' });
    expect(shop.sandbox.counters.api).toBe(0);
  });

  it('may have been accepted when its signal aborts under way', async () => {
    shop.sandbox.failNext('api', { kind: 'hang' });
    const caller = new AbortController();
    const call = failureOf(
      http.post('/send_money', {}, { signal: caller.signal }),
    );
    await shop.sandbox.waitForRequest('api');
    caller.abort();
    expect(await call).toMatchObject({
      name: 'AbortError',
      outcome: 'unknown',
    });
    expect(shop.sandbox.counters.api).toBe(1);
  });

  it('is accepted although the body beside its Location is no JSON', async () => {
    shop.sandbox.failNext('api', {
      kind: 'status',
      status: 201,
      headers: { location: `${shop.sandbox.url}/api/v2/send_money/1` },
      body: 'Created!',
    });
    const { status, headers, body } = await pay();
    expect([status, body]).toEqual([201, undefined]);
    expect(headers.location).toMatch(/send_money\/1$/);
  });
});
