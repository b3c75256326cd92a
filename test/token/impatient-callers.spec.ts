import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, it } from '@jest/globals';
import { KopoKopoAbortError } from '../../lib/index.js';
import { openShop, QUIET, type Shop } from '../support/boot.js';
import { eventually } from '../support/redis-fleet.js';

let shop: Shop;
afterEach(async () => shop[Symbol.asyncDispose]());

describe('callers that give up before the token endpoint answers', () => {
  it('cost one token request together, and leave no token alive after close', async () => {
    shop = await openShop();
    const { sandbox, tokens, app } = shop;
    sandbox.failAlways('token', { kind: 'delay', ms: 300 });
    let served = 0;
    for (let caller = 0; caller < 20; caller++) {
      const signal = AbortSignal.timeout(30);
      const answer = tokens.getToken({ signal }).then(
        () => (served += 1),
        (error: unknown) => expect(error).toBeInstanceOf(KopoKopoAbortError),
      );
      await answer;
    }
    await eventually('the request brings its token', () => served > 0);
    expect(sandbox.counters.token).toBe(1);
    expect(tokens.peekToken()?.value).toBe(sandbox.issuedTokens[0]);
    await app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });
});

describe('the async context of a caller', () => {
  const requests = new AsyncLocalStorage<number>();

  it('is not carried by renewals, events, or the function that gives the secret', async () => {
    const seen: unknown[] = [];
    shop = await openShop(
      {
        clientSecret: () => {
          seen.push(requests.getStore());
          return shop.sandbox.clientSecret;
        },
        token: { ...QUIET.token, earlyWindow: 0.9 },
      },
      { tokenLifetime: 1 },
    );
    const { tokens } = shop;
    let renewals = 0;
    tokens.events.subscribe(({ type }) => {
      seen.push(requests.getStore());
      if (type === 'renewed') renewals += 1;
    });
    await requests.run(7, async () => {
      await tokens.getToken();
      // The caller keeps its own.
      expect(requests.getStore()).toBe(7);
      tokens.invalidateToken(await tokens.getToken());
      await tokens.getToken();
    });
    await eventually('a renewal has run by its timer', () => renewals > 1);
    expect(seen.length).toBeGreaterThan(5);
    expect(new Set(seen)).toEqual(new Set([undefined]));
  });
});

describe('a token that comes after its attempt has timed out', () => {
  const token = { ...QUIET.token, mintAttempts: 2, attemptTimeout: 100 };

  it('is revoked, and the one of the next attempt is used', async () => {
    shop = await openShop({ token });
    const { sandbox, tokens } = shop;
    sandbox.failNext('token', { kind: 'delay', ms: 300 });
    const held = await tokens.getToken();
    await eventually(
      'both answers have come',
      () => sandbox.issuedTokens.length === 2,
    );
    await eventually(
      'the late one is revoked',
      () => sandbox.liveTokens.length === 1,
    );
    expect(sandbox.liveTokens).toEqual([held.value]);
    expect(tokens.peekToken()?.value).toBe(held.value);
  });

  it('is kept where the server hands the same one out again', async () => {
    shop = await openShop({ token }, { reuseAccessToken: true });
    const { sandbox, tokens } = shop;
    // The work is done before the first byte of the answer drips out.
    sandbox.failNext('token', { kind: 'slowBody', ms: 5 });
    const held = await tokens.getToken();
    await eventually(
      'the late answer is whole',
      () => sandbox.requests[0]?.status === 200,
    );
    await expect(tokens.introspectToken()).resolves.toMatchObject({
      active: true,
    });
    expect(sandbox.liveTokens).toEqual([held.value]);
    expect(sandbox.counters.revoke).toBe(0);
  });

  it('during a shutdown is waited for and revoked', async () => {
    shop = await openShop({ token: { ...token, mintAttempts: 1 } });
    const { sandbox, tokens, app } = shop;
    sandbox.failNext('token', { kind: 'delay', ms: 400 });
    await expect(tokens.getToken()).rejects.toMatchObject({
      code: 'KOPOKOPO_TIMEOUT',
    });
    await app.close();
    expect(sandbox.issuedTokens).toHaveLength(1);
    expect(sandbox.liveTokens).toEqual([]);
  });
});
