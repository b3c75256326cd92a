import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  getKopoKopoHttpServiceToken,
  KopoKopoAuthenticationError,
  KopoKopoError,
  KopoKopoHttpService,
  KopoKopoModule,
  KopoKopoResponseError,
  KopoKopoValidationError,
  type KopoKopoModuleOptions,
} from '../../lib/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import {
  boot,
  failureOf,
  LogBook,
  openShop,
  QUIET,
  type Shop,
} from '../support/boot.js';
import { rawServer } from '../support/raw-server.js';

let shop: Shop;
let http: KopoKopoHttpService;

async function open(given: Partial<KopoKopoModuleOptions> = {}): Promise<void> {
  shop = await openShop(given);
  http = shop.app.get(KopoKopoHttpService);
}

beforeEach(() => open());
afterEach(async () => shop[Symbol.asyncDispose]());

const apiRequests = () =>
  shop.sandbox.requests.filter(({ route }) => route === 'api');

describe('An authorised call', () => {
  it('goes below /api/{version} with the bearer and gives status, headers and parsed body', async () => {
    const created = await http.post('/incoming_payments', { amount: 1 });
    expect(created.status).toBe(201);
    expect(created.body).toBeUndefined();
    expect(created.headers.location).toMatch(/\/api\/v2\/incoming_payments\//);

    const found = await http.get<{ data: { type: string } }>(
      created.headers.location!,
    );
    expect(found.status).toBe(200);
    expect(found.body.data.type).toBe('incoming_payment');

    const { value } = shop.tokens.peekToken()!;
    expect(apiRequests().map(({ method, path }) => [method, path])).toEqual([
      ['POST', '/api/v2/incoming_payments'],
      ['GET', new URL(created.headers.location!).pathname],
    ]);
    for (const { headers } of apiRequests()) {
      expect(headers.authorization).toBe(`Bearer ${value}`);
      expect(headers['user-agent']).toMatch(/^nestjs-kopokopo\//);
    }
    expect(apiRequests()[0]!.headers['content-type']).toBe('application/json');
    expect(apiRequests()[0]!.body).toBe('{"amount":1}');
  });

  it('takes the version of the options, and one that the path names', async () => {
    await shop[Symbol.asyncDispose]();
    await open({ apiVersion: 'v1' });
    await http.get('ping');
    await http.get('/api/v2/ping');
    expect(apiRequests().map(({ path }) => path)).toEqual([
      '/api/v1/ping',
      '/api/v2/ping',
    ]);
  });

  it('sends query parameters, encoded', async () => {
    await using server = await rawServer((request, response) => {
      if (request.url === '/oauth/token') {
        response.end('{"access_token":"abc","expires_in":3600}');
      } else response.end(JSON.stringify({ url: request.url }));
    });
    const app = await boot(
      KopoKopoModule.forRoot({
        ...QUIET,
        baseUrl: server.url,
        clientId: 'id',
        clientSecret: 'secret',
        shutdown: { revoke: false },
      }),
    );
    const { body } = await app
      .get(KopoKopoHttpService)
      .request<{ url: string }>({
        method: 'GET',
        path: '/things?a=1',
        query: { b: 'x&y', c: 2, d: true },
      });
    expect(body.url).toBe('/api/v2/things?a=1&b=x%26y&c=2&d=true');
    await app.close();
  });

  it('is injected by name for a named instance, with the token of that instance', async () => {
    await using other = await KopoKopoSandbox.start({ api: 'scripted' });
    const app = await boot([
      KopoKopoModule.forRoot({ ...QUIET, ...shop.sandbox.moduleOptions }),
      KopoKopoModule.forRoot({
        ...QUIET,
        ...other.moduleOptions,
        name: 'shop-b',
      }),
    ]);
    const named = app.get<KopoKopoHttpService>(
      getKopoKopoHttpServiceToken('shop-b'),
    );
    await named.get('/ping');
    expect(other.counters).toMatchObject({ token: 1, api: 1 });
    expect(shop.sandbox.counters).toMatchObject({ token: 0, api: 0 });
    await app.close();
  });

  it('repeats a GET when the answer is 503, and gives up after three attempts', async () => {
    shop.sandbox.failNext('api', { kind: 'status', status: 503 }, 2);
    expect((await http.get('/ping')).status).toBe(200);
    expect(shop.sandbox.counters.api).toBe(3);

    shop.sandbox.failAlways('api', { kind: 'status', status: 503 });
    const error = await failureOf(http.get('/ping'));
    expect(error).toMatchObject({ code: 'KOPOKOPO_SERVER', status: 503 });
    expect(shop.sandbox.counters.api).toBe(6);
  });

  it('refuses an answer that is not JSON', async () => {
    shop.sandbox.failNext('api', { kind: 'html', status: 200 });
    expect(await failureOf(http.get('/ping'))).toBeInstanceOf(
      KopoKopoResponseError,
    );
  });

  it('refuses an answer over 4 MiB', async () => {
    shop.sandbox.failNext('api', { kind: 'large', bytes: 5 * 1024 * 1024 });
    expect(await failureOf(http.get('/ping'))).toBeInstanceOf(
      KopoKopoResponseError,
    );
  });

  it('ends when its signal aborts', async () => {
    await shop.tokens.getToken();
    shop.sandbox.failNext('api', { kind: 'hang' });
    const caller = new AbortController();
    const call = failureOf(http.get('/ping', { signal: caller.signal }));
    await shop.sandbox.waitForRequest('api');
    caller.abort();
    expect((await call).name).toBe('AbortError');
  });
});

describe('A path that leaves the API', () => {
  it.each([
    ['another host', 'https://evil.example/api/v2/ping'],
    ['another port', 'http://127.0.0.1:1/api/v2/ping'],
    ['no scheme', '//evil.example/api/v2/ping'],
    ['back slashes', '\\\\evil.example\\ping'],
    ['credentials', 'http://user:pass@127.0.0.1/api/v2/ping'],
    ['another scheme', 'javascript:alert(1)'],
    ['a broken URL', 'http://'],
    ['dot segments', '../../oauth/token'],
    ['encoded dot segments', '/api/v2/%2e%2E/oauth/token'],
    ['an encoded slash', '/ping%2f..%2f..'],
    ['no version', '/api/ping'],
    ['nothing', ''],
    ['no text', undefined],
  ])('is refused before the bearer is attached: %s', async (_what, path) => {
    const error = await failureOf(http.get(path as string));
    expect(error).toBeInstanceOf(KopoKopoValidationError);
    expect(error).toMatchObject({ outcome: 'not-sent', retryable: false });
    expect(shop.sandbox.counters).toMatchObject({ api: 0, token: 0 });
  });

  it('is not a Location whose scheme or version differs: it is rebuilt', async () => {
    const { headers } = await http.post('/polling', {});
    const url = new URL(headers.location!);
    const id = url.pathname.split('/').at(-1);
    for (const location of [
      `https://${url.host}${url.pathname}`,
      `http://${url.host}/polling/${id}`,
      `http://${url.host}/api/v2/polling/${id}`,
    ]) {
      expect((await http.get(location)).status).toBe(200);
    }
  });
});

describe('A call that is wrong', () => {
  const loop: Record<string, unknown> = {};
  loop.self = loop;

  it.each([
    ['the method', { method: 'DELETE', path: '/ping' }],
    ['a GET with a body', { method: 'GET', path: '/ping', body: {} }],
    ['a cycle in the body', { method: 'POST', path: '/ping', body: loop }],
    ['a function as body', { method: 'POST', path: '/ping', body: () => 1 }],
    ['a negative timeout', { method: 'GET', path: '/ping', timeout: -1 }],
    [
      'a timeout that is no number',
      { method: 'GET', path: '/p', timeout: 'x' },
    ],
  ])('is refused before anything is sent: %s', async (_what, call) => {
    const error = await failureOf(http.request(call as never));
    expect(error).toBeInstanceOf(KopoKopoValidationError);
    expect(shop.sandbox.requests).toHaveLength(0);
  });
});

describe('After a 401', () => {
  it('a call is sent once more with a new token', async () => {
    const { value } = await shop.tokens.getToken();
    shop.sandbox.revokeToken(value);
    expect((await http.get('/ping')).status).toBe(200);
    expect(shop.sandbox.counters).toMatchObject({ token: 2, api: 2 });
    expect(shop.tokens.peekToken()!.value).not.toBe(value);
  });

  it('a POST is on the server once', async () => {
    shop.sandbox.revokeToken((await shop.tokens.getToken()).value);
    expect((await http.post('/send_money', { n: 1 })).status).toBe(201);
    expect(shop.sandbox.created).toHaveLength(1);
  });

  it('50 calls that meet it staggered cost one token call and none fails', async () => {
    const { value } = await shop.tokens.getToken();
    shop.sandbox.revokeToken(value);
    let late = 0;
    for (let call = 0; call < 50; call++) {
      shop.sandbox.failNext('api', { kind: 'delay', ms: (late += 5) });
    }
    const calls = Array.from({ length: 50 }, () => http.get('/ping'));
    for (const { status } of await Promise.all(calls)) expect(status).toBe(200);
    expect(shop.sandbox.counters.token).toBe(2);
  });

  it('there is no second replay', async () => {
    await shop.tokens.getToken();
    shop.sandbox.failAlways('api', { kind: 'status', status: 401 });
    const error = await failureOf(http.get('/ping'));
    expect(error).toBeInstanceOf(KopoKopoAuthenticationError);
    expect(shop.sandbox.counters).toMatchObject({ token: 2, api: 2 });
  });

  it('there is none for a token that was minted for this very call', async () => {
    shop.sandbox.failAlways('api', { kind: 'status', status: 401 });
    await failureOf(http.get('/ping'));
    expect(shop.sandbox.counters).toMatchObject({ token: 1, api: 1 });
  });

  it('an API that refuses every token does not cost a token call for each call', async () => {
    shop.sandbox.failAlways('api', { kind: 'status', status: 401 });
    for (let call = 0; call < 20; call++) await failureOf(http.get('/ping'));
    expect(shop.sandbox.counters.token).toBeLessThanOrEqual(2);
  });

  it('there is none when the scope is too small', async () => {
    await shop.tokens.getToken();
    shop.sandbox.failAlways('api', {
      kind: 'status',
      status: 401,
      headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' },
    });
    const error = (await failureOf(http.get('/ping'))) as KopoKopoError;
    expect(error.oauthError).toBe('insufficient_scope');
    expect(shop.sandbox.counters).toMatchObject({ token: 1, api: 1 });
  });

  it('there is none after a 403', async () => {
    await shop.tokens.getToken();
    shop.sandbox.failNext('api', { kind: 'status', status: 403 });
    const error = await failureOf(http.get('/ping'));
    expect(error).toMatchObject({ code: 'KOPOKOPO_PERMISSION' });
    expect(shop.sandbox.counters).toMatchObject({ token: 1, api: 1 });
  });

  it('a failure to get the new token says that the call was rejected', async () => {
    shop.sandbox.revokeToken((await shop.tokens.getToken()).value);
    shop.sandbox.failAlways('token', { kind: 'status', status: 500 });
    const error = await failureOf(http.post('/send_money', {}));
    expect(error).toMatchObject({
      code: 'KOPOKOPO_SERVER',
      outcome: 'rejected',
    });
    expect(shop.sandbox.created).toHaveLength(0);
  });

  it('young tokens that are rejected again and again give one warning about a shared store', async () => {
    const log = new LogBook();
    const app = await boot(
      KopoKopoModule.forRoot({ ...QUIET, ...shop.sandbox.moduleOptions }),
      log,
    );
    const calls = app.get(KopoKopoHttpService);
    await calls.get('/ping');
    for (let round = 0; round < 6; round++) {
      shop.sandbox.revokeAllTokens();
      expect((await calls.get('/ping')).status).toBe(200);
    }
    const warnings = log
      .of('warn')
      .filter((line) => line.includes('token store'));
    expect(warnings).toHaveLength(1);
    await app.close();
  });
});
