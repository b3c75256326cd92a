import {
  afterAll,
  beforeEach,
  beforeAll,
  describe,
  expect,
  it,
} from '@jest/globals';
import { AccessToken, type KopoKopoAbortError } from '../../lib/index.js';
import { failureOf, openShop, type Shop } from '../support/boot.js';

/** What a user without TypeScript may hand in. */
const GARBAGE: [string, unknown][] = [
  ['an empty text', ''],
  ['a text with a space', 'two words'],
  ['a text with a line end', 'token\r\nX-Evil: 1'],
  ['a number', 7],
  ['null', null],
  ['an object', {}],
  ['a value that is no text', { value: 7 }],
  ['a text that is too long', 'x'.repeat(8_193)],
];

describe('getToken', () => {
  it('asked 1,000 times at once on a cold start sends one token request', async () => {
    await using shop = await openShop({}, { latency: 20 });
    const tokens = await Promise.all(
      Array.from({ length: 1_000 }, () => shop.tokens.getToken()),
    );
    expect(new Set(tokens).size).toBe(1);
    expect(shop.sandbox.counters.token).toBe(1);
    expect(shop.sandbox.liveTokens).toEqual([tokens[0]!.value]);
  });

  it('gives a token that works, from the cache from then on', async () => {
    await using shop = await openShop();
    const token = await shop.tokens.getToken();
    expect(token).toBeInstanceOf(AccessToken);
    const life = token.expiresAt.getTime() - token.issuedAt.getTime();
    expect(life).toBe(3_600_000);
    expect(token.scopes).toEqual([]);
    expect(await shop.tokens.getToken()).toBe(token);
    expect(shop.tokens.peekToken()).toBe(token);
    expect(shop.sandbox.counters.token).toBe(1);
  });

  it('that fails tells every waiter the same error', async () => {
    await using shop = await openShop();
    shop.sandbox.failNext('token', { kind: 'status', status: 503 });
    const errors = await Promise.all(
      Array.from({ length: 100 }, () => failureOf(shop.tokens.getToken())),
    );
    expect(new Set(errors).size).toBe(1);
    expect(errors[0]).toMatchObject({ code: 'KOPOKOPO_SERVER', status: 503 });
    expect(shop.sandbox.counters.token).toBe(1);
  });

  it('frees a caller that aborts, and the others get their token', async () => {
    await using shop = await openShop();
    shop.sandbox.failNext('token', { kind: 'hang' });
    const caller = new AbortController();
    const impatient = failureOf(
      shop.tokens.getToken({ signal: caller.signal }),
    );
    const patient = shop.tokens.getToken();
    await shop.sandbox.waitForRequest('token');
    caller.abort();
    expect(await impatient).toMatchObject({
      code: 'KOPOKOPO_ABORTED',
      name: 'AbortError',
    } satisfies Partial<KopoKopoAbortError>);
    shop.sandbox.release();
    expect((await patient).isExpired()).toBe(false);
    expect(shop.sandbox.requests[0]).toMatchObject({ aborted: false });
  });

  it('frees the socket when the last caller has gone', async () => {
    await using shop = await openShop();
    shop.sandbox.failNext('token', { kind: 'hang' });
    const callers = [new AbortController(), new AbortController()];
    const gone = callers.map(({ signal }) =>
      failureOf(shop.tokens.getToken({ signal })),
    );
    await shop.sandbox.waitForRequest('token');
    for (const caller of callers) caller.abort();
    await Promise.all(gone);
    const [request] = shop.sandbox.requests;
    while (!request!.aborted) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(shop.sandbox.issuedTokens).toEqual([]);
    await shop.tokens.getToken();
    expect(shop.sandbox.counters.token).toBe(2);
  });

  it('tries again within its budget what may be repeated', async () => {
    await using shop = await openShop({
      token: { prefetch: 'off', mintAttempts: 3 },
    });
    shop.sandbox.failNext('token', { kind: 'status', status: 502 });
    shop.sandbox.failNext('token', { kind: 'reset' });
    await shop.tokens.getToken();
    expect(shop.sandbox.counters.token).toBe(3);
  });
});

describe('TokenService', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
  });
  beforeEach(async () => {
    await shop.tokens.revokeToken();
    shop.sandbox.reset();
  });
  afterAll(() => shop[Symbol.asyncDispose]());

  it('peekToken never asks the server', () => {
    expect(shop.tokens.peekToken()).toBeUndefined();
    expect(shop.sandbox.requests).toEqual([]);
  });

  it('requestToken always asks the server and leaves the cache alone', async () => {
    const { tokens, sandbox } = shop;
    const cached = await tokens.getToken();
    const own = [await tokens.requestToken(), await tokens.requestToken()];
    expect(new Set([cached, ...own].map(({ value }) => value)).size).toBe(3);
    expect(tokens.peekToken()).toBe(cached);
    expect(sandbox.counters.token).toBe(3);
  });

  describe('revokeToken', () => {
    it('without an argument revokes the cached token, and the next caller gets a new one', async () => {
      const { tokens, sandbox } = shop;
      const first = await tokens.getToken();
      expect(await tokens.revokeToken()).toBeUndefined();
      expect(sandbox.liveTokens).toEqual([]);
      expect(tokens.peekToken()).toBeUndefined();
      expect((await tokens.getToken()).value).not.toBe(first.value);
    });

    it('sends nothing when there is none', async () => {
      await shop.tokens.revokeToken();
      expect(shop.sandbox.requests).toEqual([]);
    });

    it('takes an AccessToken or its text, and leaves the cached one alone', async () => {
      const { tokens, sandbox } = shop;
      const cached = await tokens.getToken();
      const [one, other] = [
        await tokens.requestToken(),
        await tokens.requestToken(),
      ];
      await tokens.revokeToken(one);
      await tokens.revokeToken(other.value);
      expect(sandbox.liveTokens).toEqual([cached.value]);
      expect(tokens.peekToken()).toBe(cached);
    });

    it('resolves for a token that is revoked already or never existed, and on any 2xx', async () => {
      const { tokens, sandbox } = shop;
      await tokens.revokeToken('never-existed');
      for (const status of [200, 202, 204]) {
        sandbox.failNext('revoke', { kind: 'status', status });
        await tokens.revokeToken('never-existed');
      }
      sandbox.failNext('revoke', { kind: 'html' });
      await tokens.revokeToken('never-existed');
      expect(sandbox.counters.revoke).toBe(5);
    });

    it('forgets the local copy first, whatever the server says', async () => {
      const { tokens, sandbox } = shop;
      await tokens.getToken();
      sandbox.failNext('revoke', { kind: 'hang' });
      const revoking = tokens.revokeToken();
      expect(tokens.peekToken()).toBeUndefined();
      await sandbox.waitForRequest('revoke');
      sandbox.release();
      await revoking;

      await tokens.getToken();
      sandbox.failNext('revoke', { kind: 'status', status: 400 });
      expect(await failureOf(tokens.revokeToken())).toMatchObject({
        code: 'KOPOKOPO_REFUSED',
      });
      expect(tokens.peekToken()).toBeUndefined();
    });

    it('rejects with a permission error on 403', async () => {
      const { tokens, sandbox } = shop;
      const { value } = await tokens.requestToken();
      const { clientId, clientSecret } = sandbox;
      sandbox.rotateSecret(clientId, 'another-secret');
      expect(await failureOf(tokens.revokeToken(value))).toMatchObject({
        code: 'KOPOKOPO_PERMISSION',
        oauthError: 'unauthorized_client',
        outcome: 'rejected',
      });
      sandbox.rotateSecret(clientId, clientSecret);
    });

    it('tries again what may be repeated, and stops at what may not', async () => {
      const { tokens, sandbox } = shop;
      sandbox.failNext('revoke', { kind: 'lost' });
      await tokens.revokeToken('some-token');
      expect(sandbox.counters.revoke).toBe(2);
    });
  });

  describe('invalidateToken', () => {
    it('drops the cached token if it is that one, and sends nothing', async () => {
      const { tokens, sandbox } = shop;
      const first = await tokens.getToken();
      tokens.invalidateToken('another-token');
      expect(tokens.peekToken()).toBe(first);
      tokens.invalidateToken(first);
      expect(tokens.peekToken()).toBeUndefined();
      expect((await tokens.getToken()).value).not.toBe(first.value);
      expect(sandbox.counters).toMatchObject({ token: 2, revoke: 0 });
    });
  });

  it.each(GARBAGE)(
    'refuses %s as a token, and sends nothing',
    async (_name, garbage) => {
      const { tokens, sandbox } = shop;
      const token = garbage as string;
      const failures = await Promise.all([
        failureOf(tokens.revokeToken(token)),
        failureOf(tokens.introspectToken(token)),
        failureOf(tokens.getTokenInfo(token)),
        failureOf(Promise.resolve().then(() => tokens.invalidateToken(token))),
      ]);
      for (const error of failures) {
        expect(error.message).not.toContain('X-Evil');
      }
      expect(sandbox.requests).toEqual([]);
    },
  );
});

it('a token that was rejected and is handed out again is revoked, so that the server makes a new one', async () => {
  await using shop = await openShop({}, { reuseAccessToken: true });
  const { tokens, sandbox } = shop;
  const first = await tokens.getToken();
  expect((await tokens.requestToken()).value).toBe(first.value);
  tokens.invalidateToken(first);
  expect(await failureOf(tokens.getToken())).toMatchObject({
    code: 'KOPOKOPO_RESPONSE',
    retryable: true,
  });
  await sandbox.waitForRequest('revoke');
  // The cool-down of QUIET is one millisecond.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const second = await tokens.getToken();
  expect(second.value).not.toBe(first.value);
  expect(sandbox.liveTokens).toEqual([second.value]);
});
