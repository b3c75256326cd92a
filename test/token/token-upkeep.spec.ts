import { afterEach, describe, expect, it } from '@jest/globals';
import {
  checkKopoKopoHealth,
  KopoKopoHttpService,
  type TokenEvent,
} from '../../lib/index.js';
import { failureOf, openShop, QUIET, type Shop } from '../support/boot.js';

let shop: Shop;
afterEach(async () => shop[Symbol.asyncDispose]());

/** Collects the events, and waits for one. */
function watch({ tokens }: Shop) {
  const seen: TokenEvent[] = [];
  const waiting: { type: string; resolve: (event: TokenEvent) => void }[] = [];
  tokens.events.subscribe((event) => {
    seen.push(event);
    for (const { type, resolve } of waiting) {
      if (type === event.type) resolve(event);
    }
  });
  return {
    seen,
    types: () => seen.map(({ type }) => type),
    next: (type: TokenEvent['type']) =>
      new Promise<TokenEvent>((resolve) => waiting.push({ type, resolve })),
  };
}

describe('A superseded token', () => {
  it('is given back after the delay', async () => {
    shop = await openShop(
      { token: { ...QUIET.token, revokeDelay: 1, earlyWindow: 0.4 } },
      { tokenLifetime: 2 },
    );
    const events = watch(shop);
    const first = await shop.tokens.getToken();
    await events.next('revoked');
    expect(events.types()).toEqual(['minted', 'renewed', 'revoked']);
    expect(shop.sandbox.liveTokens).not.toContain(first.value);
    expect(shop.sandbox.liveTokens).toEqual([shop.tokens.peekToken()!.value]);
  });

  it('is kept while a call that uses it is under way', async () => {
    shop = await openShop({ token: { ...QUIET.token, revokeDelay: 1 } });
    const events = watch(shop);
    const first = await shop.tokens.getToken();
    shop.sandbox.failNext('api', { kind: 'hang' });
    const call = shop.app.get(KopoKopoHttpService).get('/ping');
    await shop.sandbox.waitForRequest('api');
    shop.tokens.invalidateToken(first);
    await shop.tokens.getToken();
    await shop.tokens.introspectToken();
    expect(shop.sandbox.liveTokens).toContain(first.value);

    const revoked = events.next('revoked');
    shop.sandbox.release();
    expect((await call).status).toBe(200);
    await revoked;
    expect(shop.sandbox.liveTokens).not.toContain(first.value);
  });

  it('is tried again when it could not be given back, and the failure is told', async () => {
    shop = await openShop({ token: { ...QUIET.token, revokeDelay: 1 } });
    const events = watch(shop);
    shop.sandbox.failNext('revoke', { kind: 'status', status: 400 });
    const failed = events.next('revocation-failed');
    const revoked = events.next('revoked');
    shop.tokens.invalidateToken(await shop.tokens.getToken());
    expect(await failed).toEqual({
      type: 'revocation-failed',
      code: 'KOPOKOPO_REFUSED',
    });
    await revoked;
    expect(shop.sandbox.liveTokens).toHaveLength(0);
  });

  it('is not one that a reusing server handed out again', async () => {
    shop = await openShop(
      { token: { ...QUIET.token, revokeDelay: 1, earlyWindow: 0.4 } },
      { tokenLifetime: 3, reuseAccessToken: true },
    );
    const events = watch(shop);
    const first = await shop.tokens.getToken();
    await events.next('renewed');
    await shop.tokens.introspectToken(first);
    expect(shop.tokens.peekToken()!.value).toBe(first.value);
    expect(shop.sandbox.counters.revoke).toBe(0);
  });

  it('is left alone where shutdown.revoke is off', async () => {
    shop = await openShop({
      token: { ...QUIET.token, revokeDelay: 1 },
      shutdown: { revoke: false },
    });
    shop.tokens.invalidateToken(await shop.tokens.getToken());
    await shop.tokens.getToken();
    await shop.tokens.introspectToken();
    expect(shop.sandbox.counters.revoke).toBe(0);
  });
});

describe('events', () => {
  it('tell of a token minted, invalidated and revoked', async () => {
    shop = await openShop();
    const events = watch(shop);
    const token = await shop.tokens.getToken();
    shop.tokens.invalidateToken(token);
    await shop.tokens.revokeToken(await shop.tokens.getToken());
    expect(events.types()).toEqual([
      'minted',
      'invalidated',
      'minted',
      'revoked',
    ]);
    expect(events.seen[0]).toEqual({
      type: 'minted',
      from: 'kopokopo',
      expiresAt: token.expiresAt,
    });
  });

  it('tell of a renewal that failed, and once that a caller was served all the same', async () => {
    shop = await openShop(
      {
        token: {
          ...QUIET.token,
          earlyWindow: 0.9,
          cooldownMin: 60_000,
          cooldownMax: 60_000,
        },
      },
      { tokenLifetime: 100 },
    );
    const events = watch(shop);
    shop.sandbox.setTokenLifetime(1);
    await shop.tokens.getToken();
    shop.sandbox.failAlways('token', { kind: 'status', status: 500 });
    const failed = (await events.next('renewal-failed')) as Extract<
      TokenEvent,
      { type: 'renewal-failed' }
    >;
    expect(failed.code).toBe('KOPOKOPO_SERVER');
    expect(failed.nextAttemptAt.getTime()).toBeGreaterThan(Date.now());
    await shop.tokens.getToken();
    await shop.tokens.getToken();
    expect(
      events.types().filter((type) => type === 'served-while-failing'),
    ).toHaveLength(1);
  });

  it('tell of a secret of the list that had to step in', async () => {
    shop = await openShop();
    const { clientSecret } = shop.sandbox;
    await shop[Symbol.asyncDispose]();
    shop = await openShop(
      { clientId: 'shop', clientSecret: ['old-secret', clientSecret] },
      { applications: [{ clientId: 'shop', clientSecret }] },
    );
    const events = watch(shop);
    await shop.tokens.getToken();
    expect(events.seen[0]).toEqual({ type: 'secret-fallback', index: 1 });
    expect(shop.sandbox.counters.token).toBe(2);
    shop.tokens.invalidateToken(shop.tokens.peekToken()!);
    await shop.tokens.getToken();
    expect(shop.sandbox.counters.token).toBe(3);
  });
});

describe('status()', () => {
  it('goes from none to fresh to closed', async () => {
    shop = await openShop();
    expect(shop.tokens.status()).toEqual({
      state: 'none',
      requesting: false,
      store: 'none',
    });
    const first = shop.tokens.getToken();
    expect(shop.tokens.status().requesting).toBe(true);
    const token = await first;
    const status = shop.tokens.status();
    expect(status).toMatchObject({ state: 'fresh', requesting: false });
    expect(status.remaining! + status.age!).toBe(3_600_000);
    expect(
      Math.abs(status.expiresAt!.getTime() - token.expiresAt.getTime()),
    ).toBeLessThan(5_000);
    expect(status.nextAttemptAt!.getTime()).toBeGreaterThan(
      Date.now() + 2_600_000,
    );
    await shop.app.close();
    expect(shop.tokens.status().state).toBe('closed');
  });

  it('names the last failure and the next attempt', async () => {
    shop = await openShop({
      token: { ...QUIET.token, cooldownMin: 5_000, cooldownMax: 5_000 },
    });
    shop.sandbox.failNext('token', { kind: 'status', status: 503 });
    await failureOf(shop.tokens.getToken());
    const { lastFailure, nextAttemptAt } = shop.tokens.status();
    expect(lastFailure!.code).toBe('KOPOKOPO_SERVER');
    expect(nextAttemptAt!.getTime() - lastFailure!.at.getTime()).toBe(5_000);
  });
});

describe('checkKopoKopoHealth', () => {
  it('is up while a token is held, or can be had', async () => {
    shop = await openShop();
    const health = await checkKopoKopoHealth(shop.tokens, 'payments');
    expect(health).toMatchObject({
      payments: { status: 'up', degraded: false, state: 'fresh' },
    });
    await checkKopoKopoHealth(shop.tokens);
    expect(shop.sandbox.counters.token).toBe(1);
  });

  it('is up and degraded while renewal fails and the token lives', async () => {
    shop = await openShop(
      {
        token: {
          ...QUIET.token,
          earlyWindow: 0.9,
          cooldownMin: 60_000,
          cooldownMax: 60_000,
        },
      },
      { tokenLifetime: 1 },
    );
    const events = watch(shop);
    await shop.tokens.getToken();
    shop.sandbox.failAlways('token', { kind: 'status', status: 500 });
    await events.next('renewal-failed');
    expect(await checkKopoKopoHealth(shop.tokens)).toMatchObject({
      kopokopo: {
        status: 'up',
        degraded: true,
        lastFailure: 'KOPOKOPO_SERVER',
      },
    });
  });

  it('is down when no token can be had, and never rejects', async () => {
    shop = await openShop();
    shop.sandbox.failAlways('token', { kind: 'status', status: 500 });
    expect(await checkKopoKopoHealth(shop.tokens)).toMatchObject({
      kopokopo: { status: 'down', lastFailure: 'KOPOKOPO_SERVER' },
    });
  });
});
