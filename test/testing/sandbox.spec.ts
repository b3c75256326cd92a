import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import type { KopoKopoSandboxOptions } from '../../lib/testing/index.js';
import {
  bearer,
  call,
  credentials,
  mint,
  ping,
  post,
  requestToken,
} from './sandbox.client.js';

let started: KopoKopoSandbox[] = [];
let onTestEnd: (() => unknown)[] = [];

async function start(
  options?: KopoKopoSandboxOptions,
): Promise<KopoKopoSandbox> {
  const sandbox = await KopoKopoSandbox.start({ api: 'scripted', ...options });
  started.push(sandbox);
  return sandbox;
}

afterEach(async () => {
  await Promise.all(started.map((sandbox) => sandbox.stop()));
  started = [];
  onTestEnd.forEach((end) => end());
  onTestEnd = [];
});

/** A socket of our own, so that what is on the wire can be seen and left. */
async function open(sandbox: KopoKopoSandbox): Promise<Socket> {
  const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

const CODE_RESET = { code: 'ECONNRESET' };

/** The request of a token, so that a socket can send it whole or in part. */
function rawTokenRequest(sandbox: KopoKopoSandbox): string {
  const form = { grant_type: 'client_credentials', ...credentials(sandbox) };
  const body = new URLSearchParams(form).toString();
  return [
    'POST /oauth/token HTTP/1.1',
    'Host: sandbox',
    'User-Agent: raw',
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

/** Resolves when the condition holds; for what only an event inside the sandbox can tell. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await wait(2);
  }
}

describe('start', () => {
  it('listens on loopback only, on a free port, with credentials of its own', async () => {
    const [a, b] = [await start(), await start()];
    expect(a.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(a.url).not.toBe(b.url);
    expect(a.clientId).toMatch(/^sandbox-client-[\da-f]{32}$/);
    expect(a.clientSecret).toMatch(/^sandbox-secret-[\da-f]{32}$/);
    expect(a.apiKey).toMatch(/^sandbox-apikey-[\da-f]{32}$/);
    expect([a.clientId, a.clientSecret, a.apiKey]).not.toEqual([
      b.clientId,
      b.clientSecret,
      b.apiKey,
    ]);
  });

  it('takes the port it is given, and rejects if it is taken', async () => {
    const first = await start();
    const port = Number(new URL(first.url).port);
    await expect(KopoKopoSandbox.start({ port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await first.stop();
    const second = await start({ port });
    expect(second.url).toBe(first.url);
  });

  it('knows the applications it is given', async () => {
    const sandbox = await start({
      applications: [
        { clientId: 'a', clientSecret: ['old', 'new'], apiKey: 'key' },
        { clientId: 'b', clientSecret: 'b-secret' },
      ],
    });
    expect(sandbox.moduleOptions).toEqual({
      baseUrl: sandbox.url,
      clientId: 'a',
      clientSecret: 'old',
      apiKey: 'key',
    });
    expect(sandbox.apiKey).toBe('key');
    for (const [client_id, client_secret] of [
      ['a', 'old'],
      ['a', 'new'],
      ['b', 'b-secret'],
    ]) {
      const answer = await requestToken(sandbox, { client_id, client_secret });
      expect(answer.status).toBe(200);
    }
    expect(sandbox.liveTokensOf('a')).toHaveLength(2);
    expect(sandbox.liveTokensOf('b')).toHaveLength(1);
    expect(sandbox.liveTokensOf('c')).toHaveLength(0);
  });

  it('moduleOptionsOf leads to the application it names, and refuses one that it does not know', async () => {
    const applications = ['a', 'b'].map((name) => ({
      clientId: name,
      clientSecret: [`now-${name}`, `next-${name}`],
    }));
    await using sandbox = await KopoKopoSandbox.start({ applications });
    expect(sandbox.moduleOptionsOf('b')).toEqual({
      baseUrl: sandbox.url,
      clientId: 'b',
      clientSecret: 'now-b',
      apiKey: expect.any(String),
    });
    expect(() => sandbox.moduleOptionsOf('toString')).toThrow(
      'no application has this clientId',
    );
    sandbox.rotateSecret('b', []);
    expect(() => sandbox.moduleOptionsOf('b')).toThrow('may use no secret');
  });

  it('refuses no applications, and two with one clientId', async () => {
    const twin = { clientId: 'a', clientSecret: 'b' };
    await expect(KopoKopoSandbox.start({ applications: [] })).rejects.toThrow(
      'applications must name at least one',
    );
    await expect(
      KopoKopoSandbox.start({ applications: [twin, twin] }),
    ).rejects.toThrow('two applications have the same clientId');
  });

  it('lets latency pass before each answer', async () => {
    const asked: number[] = [];
    const slow = await start({ latency: 30 });
    const changing = await start({
      latency: () => {
        asked.push(asked.length);
        return 0;
      },
    });
    const before = performance.now();
    await requestToken(slow);
    expect(performance.now() - before).toBeGreaterThan(25);
    await requestToken(changing);
    await requestToken(changing);
    expect(asked).toEqual([0, 1]);
  });

  it('is not stopped by a test’s fake timers', async () => {
    jest.useFakeTimers();
    try {
      const sandbox = await start({ latency: 5 });
      expect((await requestToken(sandbox)).status).toBe(200);
      await expect(
        sandbox.waitForRequest('api', { timeout: 5 }),
      ).rejects.toThrow('waited 5 ms');
    } finally {
      jest.useRealTimers();
    }
  });

  it('is reached by fetch', async () => {
    const sandbox = await start();
    const response = await fetch(`${sandbox.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        ...credentials(sandbox),
      }),
    });
    expect(await response.json()).toMatchObject({ token_type: 'Bearer' });
  });
});

describe('tokens', () => {
  it('are issued with the lifetime that was set, rounded down but never below a second', async () => {
    const sandbox = await start({ tokenLifetime: 120 });
    const expiresIn = async () =>
      (
        JSON.parse((await requestToken(sandbox)).body) as {
          expires_in: number;
        }
      ).expires_in;
    expect(await expiresIn()).toBe(120);
    sandbox.setTokenLifetime(90.7);
    expect(await expiresIn()).toBe(90);
    sandbox.setTokenLifetime(0.3);
    expect(await expiresIn()).toBe(1);
  });

  it('expire by themselves', async () => {
    const sandbox = await start({ tokenLifetime: 0.02 });
    const token = await mint(sandbox);
    await until(() => sandbox.liveTokens.length === 0);
    expect((await ping(sandbox, token)).status).toBe(401);
    expect(sandbox.issuedTokens).toEqual([token]);
  });

  it('are handed out again in reuse mode, with what is left of their life', async () => {
    const sandbox = await start({ reuseAccessToken: true });
    const first = await requestToken(sandbox);
    await wait(5);
    const second = await requestToken(sandbox);
    const [a, b] = [first, second].map(
      ({ body }) => JSON.parse(body) as Record<string, unknown>,
    );
    expect(b).toEqual({ ...a, expires_in: 3599 });
    sandbox.revokeToken(String(a.access_token));
    expect(await mint(sandbox)).not.toBe(a.access_token);
    expect(sandbox.issuedTokens).toHaveLength(2);
  });

  it('revoke the client’s older ones if so configured, and no one else’s', async () => {
    const applications = ['a', 'b'].map((name) => ({
      clientId: name,
      clientSecret: name,
    }));
    const sandbox = await start({ revokePreviousTokens: true, applications });
    const as = (name: string) => ({ client_id: name, client_secret: name });
    const old = await mint(sandbox, as('a'));
    const others = await mint(sandbox, as('b'));
    const young = await mint(sandbox, as('a'));
    expect(sandbox.liveTokens).toEqual([others, young]);
    expect(sandbox.issuedTokens).toEqual([old, others, young]);
  });

  it('can be revoked and expired on the server’s side', async () => {
    const sandbox = await start();
    const [a, b, c, d] = [
      await mint(sandbox),
      await mint(sandbox),
      await mint(sandbox),
      await mint(sandbox),
    ];
    expect(sandbox.revokeToken(a)).toBe(true);
    expect(sandbox.expireToken(b)).toBe(true);
    expect(sandbox.revokeToken('unknown')).toBe(false);
    expect(sandbox.expireToken('unknown')).toBe(false);
    expect(sandbox.liveTokens).toEqual([c, d]);
    sandbox.revokeAllTokens();
    expect(sandbox.liveTokens).toEqual([]);
    expect((await ping(sandbox, c)).headers['www-authenticate']).toContain(
      'was revoked',
    );
    expect((await ping(sandbox, b)).headers['www-authenticate']).toContain(
      'expired',
    );
  });

  it('live on when the secret is rotated', async () => {
    const sandbox = await start();
    const { clientId, clientSecret } = sandbox;
    const token = await mint(sandbox);
    sandbox.rotateSecret(clientId, 'next');
    expect(sandbox.clientSecret).toBe('next');
    const old = { client_id: clientId, client_secret: clientSecret };
    expect((await requestToken(sandbox, old)).status).toBe(401);
    expect((await requestToken(sandbox)).status).toBe(200);
    expect((await ping(sandbox, token)).status).toBe(200);
    sandbox.rotateSecret(clientId, []);
    expect(sandbox.clientSecret).toBe('');
    expect((await requestToken(sandbox)).status).toBe(401);
    expect(() => sandbox.rotateSecret('nobody', 'x')).toThrow(
      'no application has this clientId',
    );
  });
});

describe('what was seen', () => {
  it('is counted by route, and connections with it', async () => {
    const sandbox = await start();
    const token = await mint(sandbox);
    await post(sandbox, '/oauth/introspect');
    await call(sandbox, 'GET', '/oauth/token/info');
    await ping(sandbox, token);
    await post(sandbox, '/oauth/revoke');
    await call(sandbox, 'GET', '/');
    const before = sandbox.counters;
    expect(before).toEqual({
      token: 1,
      revoke: 1,
      introspect: 1,
      tokenInfo: 1,
      api: 1,
      other: 1,
      connections: 6,
    });
    await ping(sandbox, token);
    expect(before.api).toBe(1);
    expect(sandbox.counters.api).toBe(2);
  });

  it('is listed with what was sent and what was answered', async () => {
    const sandbox = await start();
    const token = await mint(sandbox);
    await call(sandbox, 'GET', '/api/v2/ping?page=1', {
      headers: { ...bearer(token), 'X-Trace': ['a', 'b'] },
    });
    const [minted, pinged] = sandbox.requests;
    expect(minted).toMatchObject({
      at: expect.any(Date),
      route: 'token',
      method: 'POST',
      path: '/oauth/token',
      form: { grant_type: 'client_credentials', ...credentials(sandbox) },
      clientId: sandbox.clientId,
      status: 200,
      aborted: false,
    });
    expect(minted.body).toContain('grant_type=client_credentials');
    expect(pinged).toMatchObject({
      route: 'api',
      path: '/api/v2/ping',
      headers: { authorization: `Bearer ${token}`, 'x-trace': 'a, b' },
      form: {},
      body: '',
    });
  });

  it('does not include a request that broke off before its end', async () => {
    const sandbox = await start();
    const socket = await open(sandbox);
    socket.write(rawTokenRequest(sandbox).slice(0, -5));
    await wait(10);
    socket.destroy();
    expect((await requestToken(sandbox)).status).toBe(200);
    expect(sandbox.counters).toMatchObject({ token: 1, connections: 2 });
  });

  it('does not print credentials', async () => {
    const sandbox = await start();
    const token = await mint(sandbox);
    sandbox.failAlways('api', { kind: 'hang' });
    const printed = [
      inspect(sandbox, { depth: 20, showHidden: true }),
      inspect({ sandbox }),
      JSON.stringify(sandbox),
    ];
    for (const text of printed) {
      expect(text).toContain(sandbox.url);
      expect(text).toContain('liveTokens');
      for (const needle of [sandbox.clientSecret, sandbox.apiKey, token]) {
        expect(text).not.toContain(needle);
      }
    }
    expect(JSON.parse(printed[2])).toEqual({
      url: sandbox.url,
      liveTokens: 1,
      counters: sandbox.counters,
    });
  });
});

describe('waitForRequest', () => {
  it('resolves when the route has seen so many requests, answered or not', async () => {
    const sandbox = await start();
    sandbox.failAlways('token', { kind: 'hang' });
    const waiting = sandbox.waitForRequest('token', { count: 2 });
    void requestToken(sandbox).catch(() => undefined);
    await sandbox.waitForRequest('token');
    void requestToken(sandbox).catch(() => undefined);
    await waiting;
    await sandbox.waitForRequest('all', { count: 2 });
    expect(sandbox.counters.token).toBe(2);
  });

  it('rejects after its timeout and says what was seen', async () => {
    const sandbox = await start();
    await requestToken(sandbox);
    await expect(
      sandbox.waitForRequest('token', { count: 2, timeout: 10 }),
    ).rejects.toThrow(
      "KopoKopoSandbox: waited 10 ms, 1 of 2 request(s) on 'token' seen.",
    );
  });

  it('rejects when the sandbox is stopped', async () => {
    const sandbox = await start();
    const waiting = expect(sandbox.waitForRequest('all')).rejects.toThrow(
      'the sandbox was stopped',
    );
    await sandbox.stop();
    await waiting;
  });
});

describe('faults', () => {
  it('delay: waits, then answers as usual', async () => {
    const sandbox = await start();
    sandbox.failNext('token', { kind: 'delay', ms: 30 });
    const before = performance.now();
    const answer = await requestToken(sandbox);
    expect(performance.now() - before).toBeGreaterThan(25);
    expect(answer.status).toBe(200);
  });

  it.each([
    { kind: 'delay', ms: 1 },
    { kind: 'half' },
    { kind: 'slowBody', ms: 1 },
  ] as const)(
    'does the work although the client has left meanwhile, and answers nobody: $kind',
    async (fault) => {
      const sandbox = await start({ latency: 400 });
      sandbox.failNext('token', fault);
      const socket = await open(sandbox);
      socket.write(rawTokenRequest(sandbox));
      await sandbox.waitForRequest('token');
      socket.destroy();
      await until(() => sandbox.issuedTokens.length === 1);
      expect(sandbox.requests[0]).toMatchObject({ aborted: true });
      expect(sandbox.requests[0].status).toBeUndefined();
    },
  );

  it('hang: does nothing until it is released, then answers as usual', async () => {
    const sandbox = await start();
    sandbox.failNext('token', { kind: 'hang' }, 2);
    const hanging = [requestToken(sandbox), requestToken(sandbox)];
    await sandbox.waitForRequest('token', { count: 2 });
    expect(sandbox.issuedTokens).toEqual([]);
    expect(sandbox.requests[0].status).toBeUndefined();
    sandbox.release();
    const answers = await Promise.all(hanging);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(sandbox.liveTokens).toHaveLength(2);
  });

  it.each([0, 20])(
    'hang: does nothing for a client that left (latency %d ms)',
    async (latency) => {
      const sandbox = await start({ latency });
      sandbox.failNext('token', { kind: 'hang' });
      const socket = await open(sandbox);
      socket.write(rawTokenRequest(sandbox));
      await sandbox.waitForRequest('token');
      socket.destroy();
      await until(() => sandbox.requests[0].aborted);
      await wait(latency + 10);
      sandbox.release();
      expect((await requestToken(sandbox)).status).toBe(200);
      expect(sandbox.issuedTokens).toHaveLength(1);
    },
  );

  it('status: answers as told and does no work', async () => {
    const sandbox = await start();
    const headers = { 'Retry-After': '7', 'Set-Cookie': ['a=1', 'b=2'] };
    sandbox.failNext('token', { kind: 'status', status: 503, headers });
    sandbox.failNext('token', {
      kind: 'status',
      status: 429,
      body: { error_message: 'slow down' },
    });
    sandbox.failNext('token', { kind: 'status', status: 500, body: 'oops' });
    const [bare, json, text] = [
      await requestToken(sandbox),
      await requestToken(sandbox),
      await requestToken(sandbox),
    ];
    expect(bare).toMatchObject({ status: 503, body: '' });
    expect(bare.headers).toMatchObject({
      'retry-after': '7',
      'set-cookie': ['a=1', 'b=2'],
    });
    expect(json).toMatchObject({
      status: 429,
      body: '{"error_message":"slow down"}',
    });
    expect(json.headers['content-type']).toContain('application/json');
    expect(text).toMatchObject({ status: 500, body: 'oops' });
    expect(sandbox.issuedTokens).toEqual([]);
    expect(sandbox.requests.map(({ status }) => status)).toEqual([
      503, 429, 500,
    ]);
  });

  it('reset: resets the connection before the work, or after it', async () => {
    const sandbox = await start();
    sandbox.failNext('token', { kind: 'reset' });
    sandbox.failNext('token', { kind: 'reset', when: 'before' });
    sandbox.failNext('token', { kind: 'reset', when: 'after' });
    await expect(requestToken(sandbox)).rejects.toMatchObject(CODE_RESET);
    await expect(requestToken(sandbox)).rejects.toMatchObject(CODE_RESET);
    expect(sandbox.issuedTokens).toEqual([]);
    await expect(requestToken(sandbox)).rejects.toMatchObject(CODE_RESET);
    expect(sandbox.liveTokens).toHaveLength(1);
    for (const request of sandbox.requests) {
      expect(request.status).toBeUndefined();
      expect(request.aborted).toBe(false);
    }
  });

  it('half: promises the whole answer, sends half and closes', async () => {
    const sandbox = await start();
    sandbox.failNext('token', { kind: 'half' });
    const socket = await open(sandbox);
    let received = '';
    socket.on('data', (chunk) => (received += String(chunk)));
    socket.write(rawTokenRequest(sandbox));
    await once(socket, 'close');
    const [head, body] = received.split('\r\n\r\n');
    const promised = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    expect(head).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(body).toHaveLength(promised >> 1);
    expect(sandbox.liveTokens).toHaveLength(1);
    expect(sandbox.requests[0]).toMatchObject({ status: 200, aborted: false });
  });

  it('half: breaks off an answer without a body too', async () => {
    const sandbox = await start();
    const token = await mint(sandbox);
    sandbox.failNext('api', { kind: 'half' });
    const creating = call(sandbox, 'POST', '/api/v2/send_money', {
      headers: bearer(token),
      body: '{}',
    });
    await expect(creating).rejects.toMatchObject(CODE_RESET);
    expect(sandbox.created).toHaveLength(1);
  });

  it('html: sends a page with the status that was told', async () => {
    const sandbox = await start();
    sandbox.failNext('all', { kind: 'html' });
    sandbox.failNext('all', { kind: 'html', status: 502 });
    for (const status of [200, 502]) {
      const answer = await requestToken(sandbox);
      expect(answer.status).toBe(status);
      expect(answer.body).toContain('<!DOCTYPE html>');
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    }
    expect(sandbox.issuedTokens).toEqual([]);
  });

  it('redirect: sends somewhere else', async () => {
    const sandbox = await start();
    const location = 'http://127.0.0.1:1/else';
    sandbox.failNext('token', { kind: 'redirect', location });
    sandbox.failNext('token', { kind: 'redirect', location, status: 307 });
    for (const status of [302, 307]) {
      const answer = await requestToken(sandbox);
      expect(answer.status).toBe(status);
      expect(answer.headers.location).toBe(location);
    }
    expect(sandbox.issuedTokens).toEqual([]);
  });

  it('lost: does the work and closes without an answer', async () => {
    const sandbox = await start();
    const token = await mint(sandbox);
    sandbox.failNext('all', { kind: 'lost' }, 2);
    const creating = call(sandbox, 'POST', '/api/v2/send_money', {
      headers: bearer(token),
      body: '{"amount":1}',
    });
    await expect(creating).rejects.toMatchObject(CODE_RESET);
    expect(sandbox.created).toMatchObject([{ body: { amount: 1 } }]);
    const revoking = post(sandbox, '/oauth/revoke', {
      ...credentials(sandbox),
      token,
    });
    await expect(revoking).rejects.toMatchObject(CODE_RESET);
    expect(sandbox.liveTokens).toEqual([]);
    expect(sandbox.requests.at(-1)).toMatchObject({ aborted: false });
  });

  it('slowBody: sends the right answer byte by byte', async () => {
    const sandbox = await start();
    sandbox.failNext('token', { kind: 'slowBody', ms: 1 });
    const before = performance.now();
    const answer = await requestToken(sandbox);
    expect(performance.now() - before).toBeGreaterThan(50);
    expect(JSON.parse(answer.body)).toMatchObject({ token_type: 'Bearer' });
    expect(sandbox.liveTokens).toHaveLength(1);
    expect(sandbox.requests[0]).toMatchObject({ status: 200, aborted: false });
  });

  it('slowBody: stops when the client leaves', async () => {
    const sandbox = await start();
    sandbox.failNext('token', { kind: 'slowBody', ms: 5 });
    const socket = await open(sandbox);
    socket.write(rawTokenRequest(sandbox));
    await once(socket, 'data');
    socket.destroy();
    await until(() => sandbox.requests[0].aborted);
    await wait(20);
    expect((await requestToken(sandbox)).status).toBe(200);
  });

  it('large: fills the real answer up to so many bytes', async () => {
    const sandbox = await start();
    sandbox.failNext('token', { kind: 'large', bytes: 200_000 });
    const answer = await requestToken(sandbox);
    expect(answer.body).toHaveLength(200_000);
    expect(JSON.parse(answer.body)).toMatchObject({ token_type: 'Bearer' });
  });

  it('json and text: put another body in place of the answer', async () => {
    const sandbox = await start();
    sandbox.failNext('token', { kind: 'json', body: { expires_in: 'soon' } });
    sandbox.failNext('token', { kind: 'json', body: null, status: 400 });
    sandbox.failNext('token', { kind: 'text', body: 'hello' });
    const xml = 'application/xml';
    const body = '<a/>';
    sandbox.failNext('token', {
      kind: 'text',
      body,
      status: 404,
      contentType: xml,
    });
    const answers = [
      await requestToken(sandbox),
      await requestToken(sandbox),
      await requestToken(sandbox),
      await requestToken(sandbox),
    ];
    expect(
      answers.map((answer) => [
        answer.status,
        answer.headers['content-type'],
        answer.body,
      ]),
    ).toEqual([
      [200, 'application/json; charset=utf-8', '{"expires_in":"soon"}'],
      [400, 'application/json; charset=utf-8', 'null'],
      [200, 'text/plain; charset=utf-8', 'hello'],
      [404, xml, body],
    ]);
    expect(sandbox.issuedTokens).toEqual([]);
  });

  it.each([
    ['status', { kind: 'status', status: 1 }],
    [
      'headers',
      { kind: 'status', status: 200, headers: { 'X-Bad': 'a\nb' }, body: 'x' },
    ],
    ['text with a bad status', { kind: 'text', status: 7, body: 'x' }],
  ] as const)(
    'answer 500 and say why if they cannot be played: %s',
    async (_, fault) => {
      const sandbox = await start();
      sandbox.failNext('token', fault);
      const answer = await requestToken(sandbox);
      expect(answer.status).toBe(500);
      expect(answer.body).toMatch(/^KopoKopoSandbox: .*Error.*Invalid/);
      expect((await requestToken(sandbox)).status).toBe(200);
    },
  );

  it('are taken in order: queued for the route, queued for all, lasting for the route, lasting for all', async () => {
    const sandbox = await start();
    const fault = (status: number) => ({ kind: 'status', status }) as const;
    sandbox.failAlways('all', fault(504));
    sandbox.failAlways('token', fault(503));
    sandbox.failNext('all', fault(502));
    sandbox.failNext('token', fault(500), 2);
    const statuses = async (count: number) => {
      const seen: number[] = [];
      while (seen.length < count) {
        seen.push((await requestToken(sandbox)).status);
      }
      return seen;
    };
    expect(await statuses(5)).toEqual([500, 500, 502, 503, 503]);
    sandbox.failNext('token', fault(500));
    sandbox.clearFaults('token');
    expect(await statuses(2)).toEqual([504, 504]);
    expect((await call(sandbox, 'GET', '/')).status).toBe(504);
    sandbox.failNext('token', fault(500));
    sandbox.clearFaults();
    expect(await statuses(1)).toEqual([200]);
  });
});

describe('reset', () => {
  it('forgets faults, counters, requests, tokens and what was created', async () => {
    const sandbox = await start();
    const token = await mint(sandbox);
    await call(sandbox, 'POST', '/api/v2/reversals', {
      headers: bearer(token),
      body: '{}',
    });
    sandbox.failAlways('all', { kind: 'html' });
    sandbox.reset();
    expect(sandbox.requests).toEqual([]);
    expect(sandbox.created).toEqual([]);
    expect(sandbox.issuedTokens).toEqual([]);
    expect(sandbox.liveTokens).toEqual([]);
    expect(new Set(Object.values(sandbox.counters))).toEqual(new Set([0]));
    expect((await requestToken(sandbox)).status).toBe(200);
    expect((await ping(sandbox, token)).status).toBe(401);
  });

  it('ends the requests that are open, and their work with them', async () => {
    const sandbox = await start();
    sandbox.failNext('token', { kind: 'hang' });
    sandbox.failNext('token', { kind: 'delay', ms: 20 });
    sandbox.failNext('token', { kind: 'slowBody', ms: 20 });
    const open = [1, 2, 3].map(() =>
      expect(requestToken(sandbox)).rejects.toMatchObject(CODE_RESET),
    );
    await sandbox.waitForRequest('token', { count: 3 });
    sandbox.reset();
    sandbox.release();
    await Promise.all(open);
    await wait(30);
    expect(sandbox.issuedTokens).toEqual([]);
  });
});

describe('a sandbox that is never stopped', () => {
  it('lets its process end, whatever connections and delays are open', async () => {
    const script = new URL('./fixtures/forgotten-sandbox.mjs', import.meta.url);
    const child = spawn(process.execPath, [fileURLToPath(script)]);
    onTestEnd.push(() => child.kill('SIGKILL'));
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));

    expect(await once(child, 'close')).toEqual([0, null]);
    expect(said).toBe('3 connections\n');
  });
});

describe('stop', () => {
  it('closes hanging, slow and idle connections at once, and may be called again', async () => {
    const sandbox = await start();
    sandbox.failNext('token', { kind: 'hang' });
    sandbox.failNext('token', { kind: 'delay', ms: 60_000 });
    sandbox.failNext('token', { kind: 'slowBody', ms: 60_000 });
    const pending = [1, 2, 3].map(() =>
      expect(requestToken(sandbox)).rejects.toMatchObject(CODE_RESET),
    );
    const idle = await open(sandbox);
    const unfinished = await open(sandbox);
    unfinished.write(rawTokenRequest(sandbox).slice(0, -5));
    await sandbox.waitForRequest('token', { count: 3 });
    const closed = [idle, unfinished].map(
      (socket) => new Promise((resolve) => socket.once('close', resolve)),
    );
    await Promise.all([sandbox.stop(), sandbox.stop()]);
    await Promise.all([...pending, ...closed, sandbox.stop()]);
    await expect(requestToken(sandbox)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    expect(sandbox.requests).toHaveLength(3);
  });

  it('is what `await using` does', async () => {
    const sandbox = await start();
    await sandbox[Symbol.asyncDispose]();
    await expect(requestToken(sandbox)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});
