import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AxiosError } from 'axios';
import { Agent } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { toKopoKopoError } from '../../lib/http/upstream-error.mapper.js';
import { KopoKopoError, type KopoKopoModuleOptions } from '../../lib/index.js';
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
  ['broken JSON', '{"error_message":"Ba', []],
];

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
  [409, 'REFUSED', 'rejected', false],
  [422, 'REFUSED', 'rejected', false],
  [429, 'RATE_LIMIT', 'rejected', true],
  [500, 'SERVER', 'unknown', true],
  [502, 'SERVER', 'unknown', true],
  [503, 'SERVER', 'unknown', true],
  [504, 'SERVER', 'unknown', true],
];

describe('every status, with every shape of body, becomes the error of the table', () => {
  it.each(STATUSES)('%i is %s', async (status, code, outcome, retryable) => {
    for (const [, body, messages, oauthError] of SHAPES) {
      const error = await failWith(answer(status, body));
      expect(error).toBeInstanceOf(KopoKopoError);
      expect({ ...error }).toEqual({
        name: expect.any(String),
        code: `KOPOKOPO_${code}`,
        outcome,
        retryable,
        status,
        messages,
        ...(oauthError === undefined ? {} : { oauthError }),
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
      expect(error.message).toBe("Kopo Kopo can't be reached (ECONNREFUSED).");
    },
  );

  it('a host that does not exist was never sent to', async () => {
    const error = await against({ baseUrl: 'https://kopokopo.invalid' });
    expect(error).toMatchObject(neverSent);
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
      'a cancellation without a reason of ours',
      new AxiosError('canceled', 'ERR_CANCELED'),
      { code: 'KOPOKOPO_ABORTED', outcome: 'unknown' },
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
    expect(toKopoKopoError(error)).toBe(error);
  });
});
