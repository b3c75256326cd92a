import { afterEach, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { Agent } from 'node:http';
import type { KopoKopoError, TokenService } from '../../lib/index.js';
import type { SandboxRequest } from '../../lib/testing/index.js';
import { failureOf, openShop } from '../support/boot.js';
import { rawServer } from '../support/raw-server.js';

/** What a token request fails with. */
async function failureOfToken(tokens: TokenService): Promise<KopoKopoError> {
  return (await failureOf(tokens.requestToken())) as KopoKopoError;
}

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])(
    'of status %i is refused, and nothing is sent on',
    async (status) => {
      await using elsewhere = await rawServer((_request, response) =>
        response.end('{"access_token":"stolen"}'),
      );
      await using shop = await openShop();
      const { sandbox, tokens } = shop;
      const mine = (await tokens.getToken()).value;
      sandbox.failAlways('all', {
        kind: 'redirect',
        status,
        location: `${elsewhere.url}/oauth/token`,
      });
      for (const call of [
        () => tokens.requestToken(),
        () => tokens.introspectToken(mine),
        () => tokens.getTokenInfo(mine),
        () => tokens.revokeToken(mine),
      ]) {
        expect(await failureOf(call())).toMatchObject({
          code: 'KOPOKOPO_RESPONSE',
          status,
          retryable: false,
        });
      }
      expect(elsewhere.requests).toBe(0);
      sandbox.clearFaults();
    },
  );
});

describe('the time limit of a call', () => {
  it.each([
    ['a server that never answers', { kind: 'hang' } as const],
    ['a body that drips in', { kind: 'slowBody', ms: 50 } as const],
  ])('ends %s', async (_name, fault) => {
    await using shop = await openShop({ timeout: 150 });
    shop.sandbox.failAlways('all', fault);
    const error = await failureOfToken(shop.tokens);
    expect(error).toMatchObject({
      code: 'KOPOKOPO_TIMEOUT',
      outcome: 'unknown',
      retryable: true,
      message: 'Kopo Kopo did not answer within 150 ms.',
    });
    shop.sandbox.clearFaults();
  });

  it('ends a connection that is taken and never spoken on', async () => {
    await using mute = await rawServer(() => {});
    await using shop = await openShop({ baseUrl: mute.url, timeout: 1_000 });
    expect(await failureOfToken(shop.tokens)).toMatchObject({
      code: 'KOPOKOPO_TIMEOUT',
    });
    expect(mute.requests).toBe(1);
  });

  it('is over once the answer is there: no timer is left that would hold the process', async () => {
    const timers = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout');
    await using shop = await openShop({ timeout: 60_000 });
    await shop.tokens.requestToken();
    const before = timers().length;
    for (let call = 0; call < 10; call++) await shop.tokens.requestToken();
    expect(timers().length).toBeLessThan(before + 5);
  });
});

describe('an OAuth answer larger than 64 KiB is refused', () => {
  it('and one of just 64 KiB is taken', async () => {
    await using shop = await openShop();
    shop.sandbox.failNext('token', { kind: 'large', bytes: 65_536 });
    expect((await shop.tokens.requestToken()).isExpired()).toBe(false);
    shop.sandbox.failNext('token', { kind: 'large', bytes: 65_537 });
    expect(await failureOfToken(shop.tokens)).toMatchObject({
      code: 'KOPOKOPO_RESPONSE',
      message: 'The answer of Kopo Kopo is too large.',
      outcome: 'unknown',
    });
  });

  it('also where it is the body of an error', async () => {
    await using shop = await openShop();
    shop.sandbox.failNext('token', {
      kind: 'status',
      status: 500,
      body: 'x'.repeat(70_000),
    });
    expect(await failureOfToken(shop.tokens)).toMatchObject({
      code: 'KOPOKOPO_RESPONSE',
    });
  });

  it('counted as it is unpacked: a small gzip of a big text', async () => {
    const bomb = gzipSync(
      `{"access_token":"good","pad":"${'0'.repeat(20_000_000)}"}`,
    );
    expect(bomb.length).toBeLessThan(65_536);
    await using server = await rawServer((_request, response) =>
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb),
    );
    await using shop = await openShop({ baseUrl: server.url });
    expect(await failureOfToken(shop.tokens)).toMatchObject({
      code: 'KOPOKOPO_RESPONSE',
    });
  });
});

describe('a proxy', () => {
  const NAMES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY'];
  afterEach(() => {
    for (const name of NAMES) delete process.env[name];
  });

  it('that only the environment names is not used', async () => {
    await using proxy = await rawServer((_request, response) => response.end());
    for (const name of NAMES) process.env[name] = proxy.url;
    await using shop = await openShop();
    await shop.tokens.getToken();
    expect(proxy.requests).toBe(0);
  });

  it('that the options name is used', async () => {
    const seen: (string | undefined)[] = [];
    await using proxy = await rawServer((request, response) => {
      seen.push(request.url);
      response.writeHead(503).end();
    });
    const { hostname: host, port } = new URL(proxy.url);
    await using shop = await openShop({
      http: { proxy: { protocol: 'http', host, port: Number(port) } },
    });
    expect(await failureOfToken(shop.tokens)).toMatchObject({ status: 503 });
    expect(seen).toEqual([`${shop.sandbox.url}/oauth/token`]);
    expect(shop.sandbox.counters.token).toBe(0);
  });

  it('and an agent of the options is used too', async () => {
    let used = 0;
    class CountingAgent extends Agent {
      override createConnection(
        ...args: Parameters<Agent['createConnection']>
      ) {
        used += 1;
        return super.createConnection(...args);
      }
    }
    await using shop = await openShop({
      http: { httpAgent: new CountingAgent() },
    });
    await shop.tokens.getToken();
    expect(used).toBe(1);
  });
});

describe('what is sent', () => {
  /** One request of each kind. */
  async function requests(
    userAgent?: string,
  ): Promise<readonly SandboxRequest[]> {
    await using shop = await openShop(
      { userAgent, clientId: 'cl & ü' },
      {
        applications: [{ clientId: 'cl & ü', clientSecret: 's=1&t=%2B+"' }],
      },
    );
    const { tokens, sandbox } = shop;
    const { value } = await tokens.getToken();
    await tokens.introspectToken();
    await tokens.getTokenInfo();
    await tokens.revokeToken();
    expect(sandbox.issuedTokens).toEqual([value]);
    return sandbox.requests;
  }

  it('is the form of the RFC and nothing else: no hint, no Basic, no query', async () => {
    const seen = await requests();
    const credentials = { client_id: 'cl & ü', client_secret: 's=1&t=%2B+"' };
    const token = expect.any(String);
    expect(seen.map(({ method, path, form }) => [method, path, form])).toEqual([
      [
        'POST',
        '/oauth/token',
        { ...credentials, grant_type: 'client_credentials' },
      ],
      ['POST', '/oauth/introspect', { ...credentials, token }],
      ['GET', '/oauth/token/info', {}],
      ['POST', '/oauth/revoke', { ...credentials, token }],
    ]);
    for (const { method, headers } of seen) {
      expect(headers.accept).toBe('application/json');
      expect(headers['content-type']).toBe(
        method === 'POST' ? 'application/x-www-form-urlencoded' : undefined,
      );
      expect(headers.authorization).toEqual(
        method === 'POST' ? undefined : expect.stringMatching(/^Bearer \S+$/),
      );
    }
  });

  it('names this package in User-Agent, or whom the options name', async () => {
    for (const { headers } of await requests()) {
      expect(headers['user-agent']).toMatch(/^nestjs-kopokopo\/\d/);
    }
    for (const { headers } of await requests('shop/1.0')) {
      expect(headers['user-agent']).toBe('shop/1.0');
    }
  });
});
