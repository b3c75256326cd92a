import { HttpModule, HttpService } from '@nestjs/axios';
import { describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import {
  checkKopoKopoHealth,
  KopoKopoHttpService,
  KopoKopoModule,
  KopoKopoRefusedError,
  TokenService,
} from '../../lib/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { boot, failureOf, openShop, QUIET } from '../support/boot.js';

const SECRET = 'needle-secret-0123456789';

describe("The module's axios instance", () => {
  it('is not what app.get(HttpService) gives, in whatever order modules are imported', async () => {
    await using sandbox = await KopoKopoSandbox.start({ api: 'scripted' });
    const ours = KopoKopoModule.forRoot({
      ...QUIET,
      ...sandbox.moduleOptions,
    });
    for (const modules of [
      [HttpModule, ours],
      [ours, HttpModule],
    ]) {
      const app = await boot(modules);
      const { defaults, interceptors } = app.get(HttpService).axiosRef;
      expect(defaults.baseURL).toBeUndefined();
      const handlers = (interceptors.response as unknown as { handlers: [] })
        .handlers;
      expect(handlers ?? []).toHaveLength(0);
      await app.close();
    }
    const alone = await boot(ours);
    expect(() => alone.get(HttpService)).toThrow();
    await alone.close();
  });

  it("takes nothing over from the app's axios.defaults", async () => {
    const before = { ...axios.defaults };
    const common = { ...axios.defaults.headers.common };
    try {
      Object.assign(axios.defaults, {
        auth: { username: 'app', password: 'app' },
        baseURL: 'http://127.0.0.1:1',
        params: { app: 1 },
        timeout: 1,
        socketPath: '/tmp/nobody-listens-here',
        transformRequest: [() => 'app'],
      });
      axios.defaults.headers.common.Authorization = 'Bearer of-the-app';
      await using shop = await openShop();
      await shop.app.get(KopoKopoHttpService).post('/polling', { a: 1 });
      const { value } = shop.tokens.peekToken()!;
      const [token, api] = shop.sandbox.requests;
      expect(token!.headers.authorization).toBeUndefined();
      expect(api!.headers.authorization).toBe(`Bearer ${value}`);
      expect([api!.path, api!.body]).toEqual(['/api/v2/polling', '{"a":1}']);
    } finally {
      for (const key of Object.keys(axios.defaults)) {
        delete (axios.defaults as Record<string, unknown>)[key];
      }
      Object.assign(axios.defaults, before);
      axios.defaults.headers.common = common;
    }
  });

  it('shows a proxy nothing but CONNECT', async () => {
    const seen: string[] = [];
    const proxy: Server = createServer((socket) => {
      socket.on('data', (bytes) => {
        seen.push(bytes.toString());
        socket.end('HTTP/1.1 502 No\r\n\r\n');
      });
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const app = await boot(
      KopoKopoModule.forRoot({
        ...QUIET,
        environment: 'sandbox',
        clientId: 'needle-id',
        clientSecret: SECRET,
        timeout: 2_000,
        http: { proxy: { host: '127.0.0.1', port } },
      }),
    );
    await failureOf(app.get(TokenService).getToken());
    expect(seen.length).toBeGreaterThan(0);
    for (const text of seen) {
      expect(text).toMatch(/^CONNECT sandbox\.kopokopo\.com:443 /);
      expect(text).not.toContain(SECRET);
    }
    await app.close();
    proxy.close();
  });
});

describe('What prints the app', () => {
  it('shows no secret of the options, of a proxy or of the API', async () => {
    await using sandbox = await KopoKopoSandbox.start({ api: 'scripted' });
    const options = {
      ...QUIET,
      baseUrl: sandbox.url,
      clientId: sandbox.clientId,
      clientSecret: SECRET,
      apiKey: 'needle-api-key',
      http: {
        proxy: {
          host: 'proxy',
          port: 1,
          auth: { username: 'me', password: 'needle-proxy' },
        },
      },
    };
    for (const module of [
      KopoKopoModule.forRoot(options),
      KopoKopoModule.forRootAsync({ useFactory: () => options }),
    ]) {
      const app = await boot(module);
      const printed = [app, app.get(TokenService), app.get(KopoKopoHttpService)]
        .map((what) => inspect(what, { depth: 7, showHidden: false }))
        .join();
      expect(printed).not.toMatch(/needle-(secret|api-key)/);
      const ours = inspect(app.get(TokenService), { depth: 12 });
      expect(ours).not.toContain('needle-proxy');
      await app.close();
    }
  });
});

describe('A call', () => {
  it('that its caller aborts with an error of ours may still have been accepted', async () => {
    await using shop = await openShop();
    await shop.tokens.getToken();
    shop.sandbox.failNext('api', { kind: 'hang' });
    const caller = new AbortController();
    const call = failureOf(
      shop.app
        .get(KopoKopoHttpService)
        .post('/send_money', {}, { signal: caller.signal }),
    );
    await shop.sandbox.waitForRequest('api');
    caller.abort(new KopoKopoRefusedError('of another call'));
    expect(await call).toMatchObject({
      code: 'KOPOKOPO_ABORTED',
      outcome: 'unknown',
    });
  });

  it('with a signal that is none is refused, and leaves no timer behind', async () => {
    await using shop = await openShop();
    const signal = 'bad' as never;
    const http = shop.app.get(KopoKopoHttpService);
    for (const call of [
      http.post('/send_money', {}, { signal }),
      shop.tokens.getToken({ signal }),
      http.request(undefined as never),
      http.get('/ping', { query: { a: {} as never } }),
      http.get('/ping', { timeout: 5n as never }),
    ]) {
      expect(await failureOf(call)).toMatchObject({
        code: 'KOPOKOPO_VALIDATION',
      });
    }
    expect(shop.sandbox.requests).toHaveLength(0);
  });

  it('keeps the timeout it is given', async () => {
    await using shop = await openShop();
    await shop.tokens.getToken();
    shop.sandbox.failAlways('api', { kind: 'hang' });
    const error = await failureOf(
      shop.app
        .get(KopoKopoHttpService)
        .post('/send_money', {}, { timeout: 60 }),
    );
    expect(error.message).toContain('60 ms');
  });

  it('answered with lists in lists in lists is refused like any other', async () => {
    await using shop = await openShop();
    await shop.tokens.getToken();
    const depth = 20_000;
    shop.sandbox.failNext('api', {
      kind: 'text',
      status: 422,
      body: `{"error_message":${'['.repeat(depth)}"x"${']'.repeat(depth)}}`,
    });
    const error = await failureOf(
      shop.app.get(KopoKopoHttpService).post('/send_money', {}),
    );
    expect(error).toMatchObject({ code: 'KOPOKOPO_REFUSED', messages: [] });
  });

  it('with thousands of lists in lists, or of phone numbers, is refused like any other, in no time', async () => {
    await using shop = await openShop();
    const http = shop.app.get(KopoKopoHttpService);
    let deep: unknown = '0712345678';
    for (let level = 0; level < 3_000; level++) deep = [deep];
    const many = Array.from({ length: 10_000 }, (_one, index) => ({
      phone_number: `+2547${10_000_000 + index}`,
    }));
    for (const body of [{ deep }, { many }]) {
      shop.sandbox.failNext('api', {
        kind: 'text',
        status: 400,
        body: '{"error_message":"Wrong: +254710000017 and 0712 345 678"}',
      });
      const before = process.cpuUsage();
      const error = await failureOf(http.post('/send_money', body));
      const { user } = process.cpuUsage(before);
      expect(error).toMatchObject({ code: 'KOPOKOPO_REFUSED', status: 400 });
      expect(error.message).not.toMatch(/7100|345/);
      // One pattern for each number took a minute; microseconds.
      expect(user).toBeLessThan(5_000_000);
    }
  });

  it('answered with a status of 0 has not succeeded', async () => {
    const server = createServer((socket) => {
      socket.on('data', () =>
        socket.end('HTTP/1.1 000 Odd\r\nContent-Length: 2\r\n\r\n{}'),
      );
      socket.on('error', () => undefined);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const app = await boot(
      KopoKopoModule.forRoot({
        ...QUIET,
        baseUrl: `http://127.0.0.1:${port}`,
        clientId: 'id',
        clientSecret: SECRET,
      }),
    );
    const error = await failureOf(app.get(TokenService).revokeToken('abc'));
    expect(error).toMatchObject({ code: 'KOPOKOPO_RESPONSE' });
    await app.close();
    server.close();
  });
});

describe('A set-up that can not work', () => {
  it.each([
    ['no options', () => KopoKopoModule.forRoot(undefined as never)],
    ['null', () => KopoKopoModule.forRoot(null as never)],
    ['no async options', () => KopoKopoModule.forRootAsync(undefined as never)],
    ['empty async options', () => KopoKopoModule.forRootAsync({})],
    ...[null, 5, '', 'a\nb', Symbol('x')].map(
      (name): [string, () => unknown] => [
        `the name ${String(name)}`,
        () =>
          KopoKopoModule.forRoot({
            environment: 'sandbox',
            clientId: 'id',
            clientSecret: SECRET,
            name: name as never,
          }),
      ],
    ),
  ])('says so with a configuration error: %s', async (_what, module) => {
    const error = await failureOf(
      Promise.resolve().then(async () => boot(module() as never)),
    );
    expect(error).toMatchObject({ code: 'KOPOKOPO_CONFIGURATION' });
  });

  it('leaves no token of a sibling alive when the first token is required and none comes', async () => {
    await using good = await KopoKopoSandbox.start({ api: 'scripted' });
    await using bad = await KopoKopoSandbox.start({ api: 'scripted' });
    bad.failAlways('token', { kind: 'status', status: 401 });
    const token = { ...QUIET.token, prefetch: 'required' } as const;
    const error = await failureOf(
      boot([
        KopoKopoModule.forRoot({ ...good.moduleOptions, token }),
        KopoKopoModule.forRoot({ ...bad.moduleOptions, token, name: 'b' }),
      ]),
    );
    expect(error).toMatchObject({ code: 'KOPOKOPO_AUTHENTICATION' });
    expect(good.liveTokens).toEqual([]);
  });
});

describe('While the app shuts down', () => {
  it('a health probe costs no token', async () => {
    const shop = await openShop();
    await shop.tokens.getToken();
    await shop.app.close();
    expect(await checkKopoKopoHealth(shop.tokens)).toMatchObject({
      kopokopo: { status: 'down', degraded: false, state: 'closed' },
    });
    expect(shop.sandbox.counters.token).toBe(1);
    await shop.sandbox.stop();
  });
});
