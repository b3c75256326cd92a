import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inspect, promisify } from 'node:util';
import {
  checkKopoKopoHealth,
  KopoKopoError,
  KopoKopoHttpService,
  KopoKopoModule,
  type KopoKopoModuleOptions,
  type TokenService,
} from '../../lib/index.js';
import type { SandboxFault } from '../../lib/testing/index.js';
import { boot, failureOf, LogBook, openShop } from '../support/boot.js';
import { everythingOf, NEEDLES, needlesIn } from '../support/needles.js';
import { rawServer } from '../support/raw-server.js';

const { clientId, secret, token, phone } = NEEDLES;
const world = { applications: [{ clientId, clientSecret: secret }] };
const mine = { clientId, clientSecret: secret, timeout: 100 };

/** Every call that can carry a credential. */
const CALLS: Record<string, (tokens: TokenService) => Promise<unknown>> = {
  getToken: (tokens) => tokens.getToken(),
  requestToken: (tokens) => tokens.requestToken(),
  revokeToken: (tokens) => tokens.revokeToken(token),
  introspectToken: (tokens) => tokens.introspectToken(token),
  getTokenInfo: (tokens) => tokens.getTokenInfo(token),
};

/** What each call gives or fails with. */
async function outcomes(tokens: TokenService): Promise<unknown[]> {
  return Promise.all(
    Object.values(CALLS).map((call) =>
      call(tokens).catch((error: unknown) => error),
    ),
  );
}

function expectClean(things: unknown[]): void {
  for (const thing of things) {
    expect(needlesIn(everythingOf(thing))).toEqual([]);
  }
}

describe('the search itself', () => {
  it('finds a needle wherever it is hidden', () => {
    const hidden: unknown[] = [
      secret,
      Object.assign(new Error('x'), { config: { data: secret } }),
      new Error('x', { cause: new Error(`token ${token}`) }),
      Object.defineProperty({}, 'hidden', {
        value: encodeURIComponent(secret),
      }),
      { [Symbol('s')]: Buffer.from(secret).toString('base64') },
      Buffer.from(`${clientId}:${secret}`).toString('base64'),
      { phone: `07 ${phone}` },
      Object.assign(new Error('x'), {
        stack: Buffer.from(token).toString('hex'),
      }),
    ];
    for (const thing of hidden) {
      expect(needlesIn(everythingOf(thing))).not.toEqual([]);
    }
    expect(needlesIn(everythingOf(new Error('clean')))).toEqual([]);
  });
});

describe('neither secret, token nor phone number can be found', () => {
  const FAULTS: SandboxFault[] = [
    { kind: 'hang' },
    { kind: 'reset' },
    { kind: 'reset', when: 'after' },
    { kind: 'half' },
    { kind: 'lost' },
    { kind: 'slowBody', ms: 30 },
    { kind: 'large', bytes: 70_000 },
    { kind: 'html' },
    { kind: 'html', status: 503 },
    { kind: 'redirect', location: 'https://evil.example/' },
    { kind: 'status', status: 401 },
    { kind: 'status', status: 403 },
    { kind: 'status', status: 500 },
    { kind: 'json', body: [] },
    { kind: 'text', body: '<' },
  ];

  it.each(FAULTS)('in what comes of %j', async (fault) => {
    const log = new LogBook();
    await using shop = await openShop(mine, world, log);
    shop.sandbox.failAlways('all', fault);
    const things = await outcomes(shop.tokens);
    expect(
      things.filter((thing) => thing instanceof KopoKopoError),
    ).not.toEqual([]);
    expectClean([...things, log.lines]);
    shop.sandbox.clearFaults();
  });

  /** What one request told the server. */
  interface Told {
    /** All of it, as it came. */
    said: string;
    /** The credentials in it. */
    secret: string;
    token: string;
  }
  interface Answer {
    status: number;
    body?: unknown;
    headers?: Record<string, string>;
    reason?: string;
  }
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  /** Servers that give back what they were told, in every place an answer has. */
  const ECHOES: Record<string, (told: Told) => Answer> = {
    error_description: ({ said }) => ({
      status: 400,
      body: { error: 'invalid_request', error_description: said },
    }),
    'error, as a code': ({ secret, token }) => ({
      status: 401,
      body: { error: secret || token },
    }),
    'error, as a code in base64url': ({ secret, token }) => ({
      status: 400,
      body: { error: Buffer.from(secret || token).toString('base64url') },
    }),
    error_message: ({ said, secret, token }) => ({
      status: 422,
      body: { error_message: [said, `${secret} ${phone}`, `for ${token}`] },
    }),
    'errors, coded': ({ said, secret, token }) => ({
      status: 409,
      body: {
        errors: [
          base64(secret),
          base64(token),
          encodeURIComponent(secret),
          encodeURIComponent(token),
          encodeURIComponent(phone),
          base64(`${clientId}:${secret}`),
          base64(said),
        ],
      },
    }),
    'nested errors': ({ said }) => ({
      status: 400,
      body: { errors: [[said]] },
    }),
    'member names': ({ secret, token }) => ({
      status: 400,
      body: { [secret]: 1, [token]: 2 },
    }),
    'a body that is no JSON': ({ said }) => ({ status: 404, body: said }),
    HTML: ({ said, secret }) => ({
      status: 403,
      body: `<html><p>${said} ${secret}</p></html>`,
    }),
    'x-request-id': ({ secret, token }) => ({
      status: 400,
      headers: {
        'X-Request-Id': Buffer.from(secret || token).toString('base64url'),
      },
    }),
    'x-request-id, a phone number': () => ({
      status: 400,
      headers: { 'X-Request-Id': phone.slice(1) },
    }),
    'other headers': ({ secret, token }) => ({
      status: 429,
      headers: {
        'Retry-After': secret,
        Location: `https://evil.example/?${secret}`,
        'WWW-Authenticate': `Bearer error="${secret}", error_description="${token}"`,
        'Set-Cookie': token,
      },
    }),
    'the location of a redirect': ({ secret, token }) => ({
      status: 302,
      headers: { Location: `https://evil.example/?${secret}&${token}` },
    }),
    'the reason phrase': ({ secret, token }) => ({
      status: 400,
      reason: `No ${secret} ${token}`,
    }),
    'a broken encoding': ({ said }) => ({
      status: 200,
      headers: { 'Content-Encoding': 'gzip' },
      body: said,
    }),
    'a 200 that is half JSON': ({ secret }) => ({
      status: 200,
      body: `{"access_token":"${token}","active":"${secret}"`,
    }),
    'a malformed token answer': ({ said }) => ({
      status: 200,
      body: {
        access_token: token,
        token_type: said,
        expires_in: token,
        active: said,
      },
    }),
  };

  it.each(Object.entries(ECHOES))(
    'that the server echoes in %s',
    async (_name, echo) => {
      await using server = await rawServer((request, response) => {
        const { authorization = '' } = request.headers;
        let form = '';
        request.on('data', (chunk) => (form += String(chunk)));
        request.on('end', () => {
          const members = new URLSearchParams(form);
          const {
            status,
            body = '',
            headers,
            reason,
          } = echo({
            said: `${authorization} ${form}`,
            secret: members.get('client_secret') ?? '',
            token:
              members.get('token') ?? authorization.slice('Bearer '.length),
          });
          const text = typeof body === 'string' ? body : JSON.stringify(body);
          if (reason !== undefined) response.statusMessage = reason;
          response.writeHead(status, headers).end(text);
        });
      });
      const log = new LogBook();
      await using shop = await openShop(
        { ...mine, baseUrl: server.url },
        {},
        log,
      );
      const things = await outcomes(shop.tokens);
      expect(
        things.filter((thing) => thing instanceof KopoKopoError),
      ).not.toEqual([]);
      await shop.app.close();
      expectClean([...things, log.lines]);
    },
  );

  it.each(['http://127.0.0.1:9', 'https://kopokopo.invalid'])(
    'where %s can not be reached',
    async (baseUrl) => {
      await using shop = await openShop({ ...mine, baseUrl });
      expectClean(await outcomes(shop.tokens));
    },
  );

  it.each<[string, Partial<KopoKopoModuleOptions> & Record<string, unknown>]>([
    ['a secret with white space', { clientSecret: `${secret} ` }],
    ['a secret with a NUL', { clientSecret: `${secret}\u0000` }],
    ['a list of secrets with a gap', { clientSecret: [secret, ''] }],
    ['an API key with a line end', { apiKey: `${secret}\n` }],
    ['a secret in the base URL', { baseUrl: `https://u:${secret}@x.example` }],
    ['a secret in the wrong place', { timeout: secret as unknown as number }],
    ['a secret as user agent', { userAgent: `${secret}\n` }],
    ['a secret under another name', { client_secret: secret }],
  ])('when the boot fails over %s', async (_name, wrong) => {
    const error = await failureOf(
      boot(
        KopoKopoModule.forRoot({
          baseUrl: 'https://kopokopo.example',
          ...mine,
          ...wrong,
        }),
      ),
    );
    expect(error).toBeInstanceOf(KopoKopoError);
    expectClean([error]);
  });

  it.each<[string, () => string]>([
    [
      'throws an error that holds the secret',
      () => {
        throw Object.assign(new Error(`vault: ${secret}`), { secret, token });
      },
    ],
    ['gives the secret with a line end', () => `${secret}\n`],
  ])('when the secret function %s', async (_name, clientSecret) => {
    const log = new LogBook();
    await using shop = await openShop({ ...mine, clientSecret }, {}, log);
    expectClean([...(await outcomes(shop.tokens)), log.lines]);
  });

  it('by printing the service itself, nor what it gives', async () => {
    await using shop = await openShop(mine, world);
    const grant = { access_token: token, token_type: 'Bearer' };
    shop.sandbox.failAlways('token', { kind: 'json', body: grant });
    expect((await shop.tokens.getToken()).value).toBe(token);
    expectClean([shop.tokens, shop.tokens.peekToken()]);
    shop.sandbox.clearFaults();
  });
});

describe('neither secret, token nor phone number can be found in what comes of an authorised call', () => {
  const grant = { access_token: token, token_type: 'Bearer' };
  const stk = { subscriber: { phone_number: phone }, amount: 150 };
  const echo = `for ${phone}: Bearer ${token} ${JSON.stringify(stk)}`;

  // Named: jest keeps the names of tests where `inspect` finds them.
  const ANSWERS: Record<string, SandboxFault> = {
    'no answer': { kind: 'hang' },
    'a lost answer': { kind: 'lost' },
    'half an answer': { kind: 'half' },
    'a page': { kind: 'html', status: 200 },
    'a redirect': {
      kind: 'redirect',
      location: `https://evil.example/?${token}`,
    },
    'an echo as error code': {
      kind: 'json',
      status: 401,
      body: { error: token },
    },
    'an echo as error_message': {
      kind: 'json',
      status: 403,
      body: { error_message: echo },
    },
    'an echo in errors': {
      kind: 'json',
      status: 422,
      body: { errors: [echo, phone] },
    },
    'an echo in a list': {
      kind: 'json',
      status: 429,
      body: { error_message: [echo] },
    },
    'an echo as text': { kind: 'text', status: 500, body: echo },
    'an echo as x-request-id': {
      kind: 'status',
      status: 400,
      headers: { 'x-request-id': Buffer.from(token).toString('base64url') },
    },
  };

  it.each(Object.keys(ANSWERS))('answered with %s', async (name) => {
    const fault = ANSWERS[name]!;
    const log = new LogBook();
    await using shop = await openShop(mine, world, log);
    const http = shop.app.get(KopoKopoHttpService);
    const events: unknown[] = [];
    shop.tokens.events.subscribe((event) => events.push(event));
    shop.sandbox.failAlways('token', { kind: 'json', body: grant });
    shop.sandbox.failAlways('api', fault);
    const things = [
      await failureOf(http.post('/incoming_payments', stk)),
      await failureOf(http.get('/incoming_payments/1')),
      await failureOf(http.post('/incoming_payments', stk)),
      shop.tokens.status(),
      await checkKopoKopoHealth(shop.tokens),
      inspect(http, { depth: 20 }),
    ];
    expect(things[0]).toBeInstanceOf(KopoKopoError);
    expect(events).not.toEqual([]);
    shop.sandbox.clearFaults();
    expectClean([...things, events, log.lines]);
  });
});

describe('in a process of its own with DEBUG=*', () => {
  it('stdout and stderr hold neither, whatever fails', async () => {
    const script = fileURLToPath(
      new URL('../support/needle-child.mjs', import.meta.url),
    );
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [script],
      {
        timeout: 60_000,
        env: {
          ...process.env,
          NODE_OPTIONS: '',
          NODE_DEBUG: '',
          DEBUG: '*',
          NEEDLES: JSON.stringify(NEEDLES),
        },
      },
    );
    const failures = Number(/failures: (\d+)/.exec(stdout)?.[1]);
    expect(failures).toBeGreaterThan(40);
    expect(stderr).toContain('KOPOKOPO_TIMEOUT');
    expect(needlesIn(stdout + stderr)).toEqual([]);
  }, 60_000);
});
