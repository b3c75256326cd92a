import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AxiosError } from 'axios';
import { Agent } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { toStatusError } from '../../lib/http/upstream-status.mapper.js';
import { toKopoKopoError } from '../../lib/http/upstream-error.mapper.js';
import {
  KopoKopoError,
  KopoKopoHttpService,
  type KopoKopoModuleOptions,
  KopoKopoValidationError,
} from '../../lib/index.js';
import type { SandboxFault } from '../../lib/testing/index.js';
import { failureOf, openShop, type Shop } from '../support/boot.js';
import { rawServer } from '../support/raw-server.js';
import { TEST_CERTIFICATE } from '../support/test-certificate.js';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop[Symbol.asyncDispose]());

/** What a token request fails with that is answered so. */
async function failWith(fault: SandboxFault): Promise<KopoKopoError> {
  shop.sandbox.failNext('token', fault);
  return (await failureOf(shop.tokens.requestToken())) as KopoKopoError;
}

function answer(
  status: number,
  body: string | object = '',
  headers: Record<string, string> = {},
): SandboxFault {
  return { kind: 'status', status, body, headers };
}

/** Bodies of the reference §3, and what is read of them. */
const SHAPES: [string, string | object, string[], string?][] = [
  ['error_message text', { error_code: 1, error_message: 'Bad' }, ['Bad']],
  ['error_message list', { error_message: ['Bad', 'Worse'] }, ['Bad', 'Worse']],
  [
    'errors',
    { errors: ['Between KSh 10 and 250'] },
    ['Between KSh 10 and 250'],
  ],
  [
    'OAuth',
    { error: 'invalid_scope', error_description: 'No such scope.' },
    ['No such scope.'],
    'invalid_scope',
  ],
  [
    'OAuth code',
    { error: 'temporarily_unavailable' },
    ['temporarily_unavailable'],
    'temporarily_unavailable',
  ],
  ['message', { message: 'Down for repair' }, ['Down for repair']],
  ['HTML', '<html><body>Forbidden</body></html>', []],
  ['nothing', '', []],
  ['a JSON text', '"just text"', []],
  ['a JSON list', '["a"]', []],
  ['strange members', { error_message: { a: 1 }, errors: [7, ' '] }, []],
  [
    'errors by field, as Rails nests them',
    { errors: { phone_number: ['is invalid', 'is short'], base: ['No.'] } },
    ['phone_number is invalid', 'phone_number is short', 'No.'],
  ],
  [
    'errors by field, deeper',
    { errors: { destinations: [{ amount: ['is small'] }], till: 'is closed' } },
    ['destinations amount is small', 'till is closed'],
  ],
  ['errors with a message', { errors: [{ message: 'Bad' }] }, ['Bad']],
  [
    'errors with a field and a message',
    { errors: [{ field: 'amount', message: 'is small' }, { detail: 'Worse' }] },
    ['amount is small', 'Worse'],
  ],
  ['error with a message', { error: { code: 4, message: 'Bad' } }, ['Bad']],
  [
    'names of fields that are none',
    { errors: { 'a\nb': ['Bad'], ['__proto__']: ['Worse'] } },
    ['Bad', '__proto__ Worse'],
  ],
  ['too deep', { errors: [[[[[['Bad']]]]]] }, []],
  ['broken JSON', '{"error_message":"Ba', []],
];

const TOKEN_REQUEST = { path: '/oauth/token', secrets: [], numbers: [] };

/** Status, class by code, outcome, retryable. */
const STATUSES: [number, string, string, boolean][] = [
  [300, 'RESPONSE', 'unknown', false],
  [302, 'RESPONSE', 'unknown', false],
  [308, 'RESPONSE', 'unknown', false],
  [400, 'REFUSED', 'rejected', false],
  [401, 'AUTHENTICATION', 'rejected', false],
  [403, 'PERMISSION', 'rejected', false],
  [404, 'NOT_FOUND', 'rejected', false],
  [408, 'TIMEOUT', 'unknown', true],
  [402, 'REFUSED', 'rejected', false],
  [407, 'CONNECTION', 'rejected', false],
  [409, 'REFUSED', 'rejected', false],
  [422, 'REFUSED', 'rejected', false],
  [418, 'REFUSED', 'rejected', false],
  [429, 'RATE_LIMIT', 'rejected', true],
  [444, 'CONNECTION', 'unknown', true],
  [451, 'REFUSED', 'rejected', false],
  [460, 'CONNECTION', 'unknown', true],
  [499, 'CONNECTION', 'unknown', true],
  [500, 'SERVER', 'unknown', true],
  [502, 'SERVER', 'unknown', true],
  [503, 'SERVER', 'unknown', true],
  [504, 'SERVER', 'unknown', true],
  [520, 'SERVER', 'unknown', true],
  [599, 'SERVER', 'unknown', true],
  [600, 'RESPONSE', 'unknown', false],
  [999, 'RESPONSE', 'unknown', false],
];

describe('every status, with every shape of body, becomes the error of the table', () => {
  it.each(STATUSES)('%i is %s', async (status, code, outcome, retryable) => {
    const overTheWire = await failWith(answer(status, { error: 'x' }));
    expect(overTheWire).toMatchObject({
      code: `KOPOKOPO_${code}`,
      outcome,
      retryable,
      status,
      method: 'POST',
      path: '/oauth/token',
    });
    for (const [, body, messages, oauthError] of SHAPES) {
      const data = typeof body === 'string' ? body : JSON.stringify(body);
      const error = toStatusError({ status, headers: {}, data }, TOKEN_REQUEST);
      expect(error).toBeInstanceOf(KopoKopoError);
      expect({ ...error }).toEqual({
        name: expect.any(String),
        code: `KOPOKOPO_${code}`,
        outcome,
        retryable,
        status,
        messages,
        // Words of OAuth say nothing where the status leaves the outcome open.
        ...(oauthError === undefined || outcome === 'unknown'
          ? {}
          : { oauthError }),
      });
      expect(error.message).toContain(String(status));
      if (status >= 400) {
        for (const text of messages) expect(error.message).toContain(text);
      }
    }
  });

  it('a redirect is named as one', async () => {
    const error = await failWith(answer(302, '', { Location: 'https://x' }));
    expect(error.message).toBe(
      'Kopo Kopo answered with a redirect (302), which is not followed.',
    );
  });

  it('invalid_client is an authentication failure whatever its status', async () => {
    const error = await failWith(answer(400, { error: 'invalid_client' }));
    expect(error).toMatchObject({
      code: 'KOPOKOPO_AUTHENTICATION',
      oauthError: 'invalid_client',
      status: 400,
    });
  });

  it('a code of RFC 6749 is read even where the credentials share a word with it', async () => {
    await using words = await openShop({
      clientId: 'client',
      clientSecret: 'invalid',
    });
    words.sandbox.failNext('token', answer(401, { error: 'invalid_client' }));
    expect(await failureOf(words.tokens.requestToken())).toMatchObject({
      oauthError: 'invalid_client',
    });
  });

  it('the code of a bearer challenge counts where the body has none', async () => {
    const challenge = (error: string) =>
      answer(401, '', {
        'WWW-Authenticate': `Bearer realm="Doorkeeper", error="${error}"`,
      });
    expect(await failWith(challenge('invalid_token'))).toMatchObject({
      oauthError: 'invalid_token',
    });
    await using words = await openShop({ clientSecret: 'lower_case_secret' });
    words.sandbox.failNext('token', challenge('lower_case_secret'));
    expect(await failureOf(words.tokens.requestToken())).not.toHaveProperty(
      'oauthError',
    );
  });

  it('what is called error but is prose is a message and no OAuth code', async () => {
    const error = await failWith(answer(400, { error: 'This is prose.' }));
    expect(error.messages).toEqual(['This is prose.']);
    expect(error).not.toHaveProperty('oauthError');
  });
});

describe('the words of an answer', () => {
  const challenge = { 'WWW-Authenticate': 'Bearer error="invalid_client"' };
  const words = { error: 'invalid_client' };

  it.each([408, 444, 460, 499, 500, 502, 503, 504, 599])(
    'never outrank its status: a POST answered %i may have been accepted',
    async (status) => {
      const http = shop.app.get(KopoKopoHttpService);
      for (const endpoint of ['token', 'api'] as const) {
        await shop.tokens.getToken();
        const fault = answer(status, words, challenge);
        shop.sandbox.failNext(endpoint, fault);
        const error = await failureOf(
          endpoint === 'api'
            ? http.post('/send_money', {})
            : shop.tokens.requestToken(),
        );
        expect(error).toMatchObject({ outcome: 'unknown', status });
        expect(error).not.toMatchObject({ code: 'KOPOKOPO_AUTHENTICATION' });
        expect(error).not.toHaveProperty('oauthError');
      }
    },
  );

  it.each<[number, string]>([
    [400, 'KOPOKOPO_REFUSED'],
    [403, 'KOPOKOPO_PERMISSION'],
    [422, 'KOPOKOPO_REFUSED'],
  ])('of OAuth say nothing in a %i of the API', async (status, code) => {
    const http = shop.app.get(KopoKopoHttpService);
    shop.sandbox.failNext('api', answer(status, words, challenge));
    const error = await failureOf(http.post('/send_money', {}));
    expect(error).toMatchObject({
      code,
      outcome: 'rejected',
      messages: ['invalid_client'],
      method: 'POST',
      path: '/api/v2/send_money',
    });
    expect(error).not.toHaveProperty('oauthError');
  });

  it('are its first line where it is plain text', async () => {
    const plain = (body: string, type = 'text/plain; charset=utf-8') =>
      answer(400, body, { 'Content-Type': type });
    for (const [fault, messages] of [
      [plain('\n Till is closed \r\nTry again'), ['Till is closed']],
      [plain('For 0712345678.'), ['For [redacted].']],
      [plain('<html>Bad</html>'), []],
      [plain('{"error_message":"Ba'), []],
      [plain(''), []],
      [plain('Till is closed', 'text/html'), []],
    ] as const) {
      expect((await failWith(fault)).messages).toEqual(messages);
    }
    const long = await failWith(plain('x '.repeat(5_000)));
    expect(long.messages[0]!.length).toBeLessThanOrEqual(500);
  });

  it.each([
    ['line ends', '\n'.repeat(3_980)],
    ['a long run that is taken out', 'x'.repeat(3_979) + ' '],
  ])(
    'hold no part of a secret that was cut behind %s',
    async (_what, before) => {
      const { clientSecret } = shop.sandbox;
      for (const secret of [clientSecret, '0712345678', '+254 712 345 678']) {
        for (let shift = 0; shift < 20; shift += 1) {
          const error_message = before.slice(shift) + secret;
          const { messages } = await failWith(answer(400, { error_message }));
          for (let from = 0; from + 4 <= secret.length; from += 1) {
            expect(messages.join()).not.toContain(secret.slice(from, from + 4));
          }
        }
      }
    },
  );

  it('quote no number of the query that was sent', async () => {
    const http = shop.app.get(KopoKopoHttpService);
    const errors = { phone_number: ['555-12-345 is invalid'] };
    shop.sandbox.failNext('api', answer(400, { errors }));
    const query = { phone_number: '55512345' };
    const error = await failureOf(http.get('/customers', { query }));
    expect(JSON.stringify(error) + error.stack).not.toMatch(/555.?12.?345/);
  });

  it('quote no number of the body that was sent, in whatever spelling', async () => {
    const http = shop.app.get(KopoKopoHttpService);
    const body = {
      till_number: '5001234',
      amount: 1_500_000,
      metadata: { customer: '99-9912-345', id: '247b1bd8-0712' },
      subscriber: { phone_number: '55512345' },
    };
    const errors = {
      phone_number: ['+254 555-12-345 is invalid', '(0)55512345 is short'],
      customer: ['99 9912 345 is unknown'],
      till_number: ['5001234 is closed for 1500000'],
    };
    shop.sandbox.failNext(
      'api',
      answer(400, { errors }, { 'X-Request-Id': 'req-55512345' }),
    );
    const error = (await failureOf(
      http.post('/send_money', body),
    )) as KopoKopoError;
    expect(error.messages).toEqual([
      'phone_number [redacted] is invalid',
      'phone_number [redacted] is short',
      'customer [redacted] is unknown',
      'till_number 5001234 is closed for 1500000',
    ]);
    expect(error.requestId).toBeUndefined();
    expect(JSON.stringify(error) + error.stack).not.toMatch(/555.?12.?345/);
  });
});

describe('the path of an error', () => {
  it('holds neither query nor phone number', async () => {
    const http = shop.app.get(KopoKopoHttpService);
    shop.sandbox.failNext('api', answer(404));
    const id = '247b1bd8-0712-4345-a678-071234567890';
    const path = `/incoming_payments/${id}/+254712345678`;
    expect(
      await failureOf(http.get(path, { query: { phone: '0712345678' } })),
    ).toMatchObject({
      method: 'GET',
      path: `/api/v2/incoming_payments/${id}/[redacted]`,
    });
  });
});

describe('what an error says of the answer', () => {
  it.each([
    ['120', 120],
    [' 7 ', 7],
    ['0', 0],
    ['-1', undefined],
    ['soon', undefined],
    ['1.5', undefined],
    ['99999999999', undefined],
    ['Mon, 99 Foo 2026 00:00:00 GMT', undefined],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ])('Retry-After: %s is %p seconds', async (header, seconds) => {
    const error = await failWith(answer(429, '', { 'Retry-After': header }));
    expect(error.retryAfter).toBe(seconds);
    expect('retryAfter' in error).toBe(seconds !== undefined);
  });

  it('Retry-After as a date counts from now', async () => {
    const at = new Date(Date.now() + 90_000).toUTCString();
    const error = await failWith(answer(503, '', { 'Retry-After': at }));
    expect(error.retryAfter).toBeGreaterThan(60);
    expect(error.retryAfter).toBeLessThanOrEqual(90);
  });

  it.each([
    ['b1946ac9-2f3a-4b1e-8c55-0242ac120002', true],
    ['req.1:2_3', true],
    ['two words', false],
    ['x'.repeat(129), false],
    ['0712345678', false],
  ])('X-Request-Id: %s is kept: %p', async (id, kept) => {
    const error = await failWith(answer(500, '', { 'X-Request-Id': id }));
    expect(error.requestId).toBe(kept ? id : undefined);
  });

  it('is one line of bearable length for each message, and twenty messages at the most', async () => {
    const errors = Array.from(
      { length: 25 },
      () => `a\r\n\u2028b ${'c '.repeat(600)}`,
    );
    const { messages } = await failWith(answer(422, { errors }));
    expect(messages).toHaveLength(20);
    for (const text of messages) {
      expect(text).toMatch(/^a b c/);
      expect(text.length).toBeLessThanOrEqual(500);
    }
  });
});

describe('a call that gets no whole answer', () => {
  const broken = { code: 'KOPOKOPO_CONNECTION', outcome: 'unknown' };

  it.each<[string, SandboxFault]>([
    ['a reset before the work', { kind: 'reset' }],
    ['a reset after the work', { kind: 'reset', when: 'after' }],
    ['an answer lost', { kind: 'lost' }],
    ['half an answer', { kind: 'half' }],
  ])('%s is a connection error of unknown outcome', async (_name, fault) => {
    const error = await failWith(fault);
    expect(error).toMatchObject({ ...broken, retryable: true, messages: [] });
    expect(error).not.toHaveProperty('status');
  });

  async function against(
    options: Partial<KopoKopoModuleOptions>,
  ): Promise<KopoKopoError> {
    await using other = await openShop(options);
    return (await failureOf(other.tokens.requestToken())) as KopoKopoError;
  }

  const neverSent = {
    code: 'KOPOKOPO_CONNECTION',
    outcome: 'not-sent',
    retryable: true,
  };

  it.each(['127.0.0.1', 'localhost'])(
    'a refused connection to %s was never sent',
    async (host) => {
      const gone = await rawServer(() => {});
      const { port } = new URL(gone.url);
      await gone[Symbol.asyncDispose]();
      const error = await against({ baseUrl: `http://${host}:${port}` });
      expect(error).toMatchObject(neverSent);
      expect(error.message).toBe(
        `Kopo Kopo can't be reached at ${host}:${port} (ECONNREFUSED).`,
      );
    },
  );

  it('a host that does not exist was never sent to', async () => {
    const error = await against({ baseUrl: 'https://kopokopo.invalid' });
    expect(error).toMatchObject(neverSent);
    expect(error.message).toMatch(
      /^Kopo Kopo can't be reached at kopokopo\.invalid \(E\w+\)\.$/,
    );
  });

  it('an answer that is not HTTP is a response error', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-nope\r\n'));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    expect(
      await against({ baseUrl: `http://127.0.0.1:${port}` }),
    ).toMatchObject({ code: 'KOPOKOPO_RESPONSE', outcome: 'unknown' });
    server.close();
  });

  it('gzip that can not be unpacked is a response error', async () => {
    const error = await failWith(
      answer(200, 'not gzip at all', { 'Content-Encoding': 'gzip' }),
    );
    expect(error).toMatchObject({ code: 'KOPOKOPO_RESPONSE' });
    expect(error.message).toContain('Z_DATA_ERROR');
  });

  it('TLS against a port that speaks plain HTTP is a connection error', async () => {
    await using plain = await rawServer((_request, response) => response.end());
    const error = await against({
      baseUrl: plain.url.replace('http', 'https'),
    });
    expect(error).toMatchObject({ code: 'KOPOKOPO_CONNECTION' });
    expect(plain.requests).toBe(0);
  });

  it('a certificate that nobody vouches for is refused, and nothing is sent', async () => {
    await using selfSigned = await rawServer(
      (_request, response) => response.end(),
      TEST_CERTIFICATE,
    );
    const error = await against({ baseUrl: selfSigned.url });
    expect(error).toMatchObject({ ...neverSent, retryable: false });
    expect(error.message).toContain('certificate');
    expect(selfSigned.requests).toBe(0);
  });

  it('and one of a private CA is taken where http.httpsAgent knows it', async () => {
    await using shopCa = await rawServer(
      (_request, response) => response.writeHead(404).end(),
      TEST_CERTIFICATE,
    );
    const httpsAgent = new Agent({ ca: TEST_CERTIFICATE.cert });
    expect(
      await against({ baseUrl: shopCa.url, http: { httpsAgent } }),
    ).toMatchObject({ code: 'KOPOKOPO_NOT_FOUND' });
    expect(shopCa.requests).toBe(1);
  });
});

describe('whatever else axios fails with is one of our errors', () => {
  it.each<[string, unknown, object]>([
    [
      'a bug',
      new TypeError('x is not a function'),
      { code: 'KOPOKOPO_CONNECTION', retryable: false },
    ],
    ['nothing at all', undefined, { code: 'KOPOKOPO_CONNECTION' }],
    [
      'its own time limit',
      new AxiosError('timeout of 5ms exceeded', 'ECONNABORTED'),
      { code: 'KOPOKOPO_TIMEOUT', outcome: 'unknown' },
    ],
    [
      'a cancellation that is not ours',
      new AxiosError('canceled', 'ERR_CANCELED'),
      { code: 'KOPOKOPO_CONNECTION', outcome: 'unknown' },
    ],
    [
      'no code and no cause',
      new AxiosError('something'),
      { code: 'KOPOKOPO_CONNECTION', outcome: 'unknown' },
    ],
    [
      'a code that is no code',
      new AxiosError('something', 'token=abc'),
      {
        message:
          'The connection to Kopo Kopo broke before the whole answer came (no code).',
      },
    ],
  ])('%s', (_name, thrown, expected) => {
    const error = toKopoKopoError(thrown);
    expect(error).toMatchObject(expected);
    expect(error).not.toHaveProperty('cause');
  });

  it('an error of ours, thrown by an agent or a lookup of the app, tells of another call', () => {
    const foreign = new KopoKopoValidationError('Another call was wrong.');
    for (const thrown of [foreign, AxiosError.from(foreign)]) {
      const error = toKopoKopoError(thrown);
      expect(error).not.toBe(foreign);
      expect(error).toMatchObject({
        code: 'KOPOKOPO_CONNECTION',
        outcome: 'unknown',
      });
    }
  });
});
