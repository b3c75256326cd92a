import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Agent as HttpAgent } from 'node:http';
import { Agent } from 'node:https';
import {
  KopoKopoHttpService,
  KopoKopoModule,
  type KopoKopoModuleOptions,
} from '../../lib/index.js';
import { boot, failureOf, openShop, QUIET } from '../support/boot.js';
import { type ConnectProxy, connectProxy } from '../support/connect-proxy.js';
import { type RawServer, rawServer } from '../support/raw-server.js';
import { TEST_CERTIFICATE } from '../support/test-certificate.js';

const TOKEN = '{"access_token":"tunnelled","expires_in":3600}';
const CA = { ca: TEST_CERTIFICATE.cert };

let origin: RawServer;
let proxy: ConnectProxy;
let paths: (string | undefined)[];

beforeEach(async () => {
  paths = [];
  origin = await rawServer((request, response) => {
    paths.push(request.url);
    response.end(request.url === '/oauth/token' ? TOKEN : '{}');
  }, TEST_CERTIFICATE);
  proxy = await connectProxy(Number(new URL(origin.url).port));
});
afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  await origin[Symbol.asyncDispose]();
});

const behind = (
  http: KopoKopoModuleOptions['http'],
  options: Partial<KopoKopoModuleOptions> = {},
) =>
  openShop({
    baseUrl: origin.url,
    shutdown: { revoke: false },
    http: { httpsAgent: new Agent(CA), proxy: { ...proxy }, ...http },
    ...options,
  });

describe('A proxy for https', () => {
  it('gets the name of the origin and nothing else, and the CA of http.httpsAgent is heeded within', async () => {
    const auth = { username: 'me', password: 'p:w' };
    await using shop = await behind({ proxy: { ...proxy, auth } });
    expect((await shop.tokens.getToken()).value).toBe('tunnelled');
    const [{ method, url, headers }] = proxy.seen as [(typeof proxy.seen)[0]];
    const authority = new URL(origin.url).host;
    expect([method, url]).toEqual(['CONNECT', authority]);
    expect(headers).toEqual({
      host: authority,
      connection: expect.any(String),
      'proxy-authorization': `Basic ${Buffer.from('me:p:w').toString('base64')}`,
    });
  });

  it('can itself be spoken to over TLS', async () => {
    const { port } = new URL(origin.url);
    await using secure = await connectProxy(Number(port), TEST_CERTIFICATE);
    await using shop = await behind({
      proxy: { host: 'localhost', port: secure.port, protocol: 'https:' },
    });
    expect((await shop.tokens.getToken()).value).toBe('tunnelled');
    expect(secure.seen).toHaveLength(1);
  });

  it('gives no secret to an origin whose certificate nobody vouches for', async () => {
    await using shop = await behind({ httpsAgent: undefined });
    expect(await failureOf(shop.tokens.getToken())).toMatchObject({
      code: 'KOPOKOPO_CONNECTION',
      outcome: 'not-sent',
      message: expect.stringContaining('certificate'),
    });
    expect(paths).toEqual([]);
  });

  it('serves many calls with one tunnel', async () => {
    await using shop = await behind({});
    for (let call = 0; call < 5; call++) await shop.tokens.requestToken();
    expect(proxy.seen).toHaveLength(1);
    expect(paths).toHaveLength(5);
  });

  it('beside an agent that tunnels by itself is refused at boot', async () => {
    class OwnTunnel extends Agent {
      override createConnection(
        ...args: Parameters<Agent['createConnection']>
      ) {
        return super.createConnection(...args);
      }
    }
    for (const httpsAgent of [new OwnTunnel(), new HttpAgent() as Agent]) {
      const module = KopoKopoModule.forRoot({
        ...QUIET,
        environment: 'sandbox',
        clientId: 'id',
        clientSecret: 'secret-of-this-test',
        http: { proxy: { ...proxy }, httpsAgent },
      });
      expect((await failureOf(boot(module))).message).toMatch(
        /http\.proxy and an http\.httpsAgent .* exclude each other/,
      );
    }
  });
});

describe('What a proxy answers itself', () => {
  it.each([
    [401, false],
    [403, false],
    [407, false],
    [429, true],
    [502, true],
    [503, true],
  ])(
    '(%i) is named as the proxy´s, and the POST was not sent',
    async (status, retryable) => {
      await using shop = await behind({ httpsAgent: unkept() });
      const token = await shop.tokens.getToken();
      const http = shop.app.get(KopoKopoHttpService);
      proxy.answer = status;
      expect(await failureOf(http.post('/send_money', {}))).toMatchObject({
        code: 'KOPOKOPO_CONNECTION',
        outcome: 'not-sent',
        retryable,
        message: `The proxy 127.0.0.1:${proxy.port} answered ${status} and made no tunnel to Kopo Kopo.`,
        messages: [],
        method: 'POST',
        path: '/api/v2/send_money',
      });
      expect(shop.tokens.peekToken()).toBe(token);
      expect(paths).toEqual(['/oauth/token']);
    },
  );

  it('has no status of Kopo Kopo, so that no good token is given up for it', async () => {
    proxy.answer = 401;
    await using shop = await behind({});
    const error = await failureOf(shop.tokens.getToken());
    expect(error).not.toHaveProperty('status');
    expect(error).not.toHaveProperty('oauthError');
  });

  it.each(['hang-up', 'silence'] as const)(
    'is named also where it is a %s',
    async (answer) => {
      proxy.answer = answer;
      await using shop = await behind({}, { timeout: 200 });
      const error = await failureOf(shop.tokens.getToken());
      expect(error).toMatchObject(
        answer === 'silence'
          ? { code: 'KOPOKOPO_TIMEOUT' }
          : {
              outcome: 'not-sent',
              message: `The proxy 127.0.0.1:${proxy.port} made no tunnel to Kopo Kopo (ECONNRESET).`,
            },
      );
    },
  );

  it('is named where nobody listens at its port', async () => {
    const { port } = proxy;
    await proxy[Symbol.asyncDispose]();
    await using shop = await behind({});
    expect(await failureOf(shop.tokens.getToken())).toMatchObject({
      outcome: 'not-sent',
      message: `The proxy 127.0.0.1:${port} made no tunnel to Kopo Kopo (ECONNREFUSED).`,
    });
    proxy = await connectProxy(0);
  });
});

/** A connection for each call, so that each call asks the proxy. */
function unkept(): Agent {
  return new Agent({ ...CA, keepAlive: false });
}
