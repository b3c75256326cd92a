import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout } from 'node:timers/promises';
import {
  KopoKopoModule,
  MemoryTokenStore,
  TokenService,
} from '../../lib/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { boot, failureOf, LogBook, QUIET } from '../support/boot.js';
import { rawServer } from '../support/raw-server.js';
import { frailStore } from '../support/frail-store.js';
import { eventually } from '../support/redis-fleet.js';
import { pod } from '../support/store-pod.js';

describe('A store that was emptied', () => {
  /** What is retired is not revoked during a test, but by the last one out. */
  const PATIENT = { token: { ...QUIET.token, lapse: 60_000 } };
  const beating = (beat: number) => ({ token: { ...PATIENT.token, beat } });
  const SELDOM = beating(30_000);
  let sandbox: KopoKopoSandbox;
  let frail: ReturnType<typeof frailStore>;

  beforeEach(async () => {
    sandbox = await KopoKopoSandbox.start();
    frail = frailStore({ publishing: 60 });
  });
  afterEach(async () => sandbox.stop());

  async function shared(tokens: TokenService) {
    const token = await tokens.getToken();
    await eventually(
      'it is shared',
      () => tokens.status().store === 'in-use' && tokens.status().members! > 0,
    );
    return token;
  }

  it('is told the rest of what is to be revoked when its process stops while it tells', async () => {
    const { app, tokens } = await pod(sandbox, frail.store, PATIENT);
    // None is given back before the store forgets.
    sandbox.failAlways('revoke', { kind: 'status', status: 400 });
    for (let left = 3; left > 0; left--) {
      tokens.invalidateToken(await shared(tokens));
    }
    await shared(tokens);
    expect(sandbox.liveTokens).toHaveLength(4);
    frail.forget();
    sandbox.clearFaults();
    // The one in use, and the first of the others.
    await eventually('it is being told', () => frail.line.published >= 2);

    await app.close();

    expect(sandbox.liveTokens).toEqual([]);
  });

  it('is told of a token that gave way to one of the same second', async () => {
    const one = await pod(sandbox, frail.store, PATIENT);
    const other = await pod(sandbox, frail.store, PATIENT);
    frail.line.isDown = true;
    await setTimeout(1_000 - (Date.now() % 1_000));
    const [first, second] = [
      await one.tokens.getToken(),
      await other.tokens.getToken(),
    ];
    expect(first.createdAt).toBe(second.createdAt);
    frail.line.isDown = false;
    await eventually('they share one', () => {
      const held = [one, other].map(({ tokens }) => tokens.peekToken()?.value);
      return held[0] === held[1];
    });
    expect(sandbox.liveTokens).toEqual([first.value, second.value]);
    frail.forget();

    await one.app.close();
    await other.app.close();

    expect(sandbox.liveTokens).toEqual([]);
  });

  it('is told of a token that was rejected before the store had taken it', async () => {
    const { app, tokens } = await pod(sandbox, frail.store, PATIENT);
    const first = await tokens.getToken();
    expect(tokens.status().store).toBe('degraded');
    tokens.invalidateToken(first);
    await shared(tokens);
    expect(sandbox.liveTokens).toHaveLength(2);
    frail.forget();

    await app.close();

    expect(sandbox.liveTokens).toEqual([]);
  });

  it('while one renews expects nobody back who never went: the last one out revokes', async () => {
    const [one, other] = [
      await pod(sandbox, frail.store, beating(900)),
      await pod(sandbox, frail.store, beating(300)),
    ];
    const first = await shared(one.tokens);
    await shared(other.tokens);
    await eventually('both count', () => one.tokens.status().members === 2);
    one.tokens.invalidateToken(first);
    frail.line.published = 0;
    await one.tokens.getToken();
    await eventually('it is on its way', () => frail.line.published > 0);
    frail.forget();
    await eventually('they share one again', () => {
      const [held, same] = [one, other].map((each) => each.tokens.peekToken());
      return held?.value === same?.value && held?.value !== first.value;
    });

    await one.app.close();
    await other.app.close();

    expect(sandbox.liveTokens).toEqual([]);
  });

  it('while one renews that stops at once is not left by the last one', async () => {
    const one = await pod(sandbox, frail.store, SELDOM);
    const other = await pod(sandbox, frail.store, SELDOM);
    const first = await shared(one.tokens);
    await shared(other.tokens);
    one.tokens.invalidateToken(first);
    frail.line.published = 0;
    await one.tokens.getToken();
    await eventually('it is on its way', () => frail.line.published > 0);
    frail.forget();
    await shared(one.tokens);

    await one.app.close();
    await other.app.close();

    expect(sandbox.liveTokens).toEqual([]);
  });

  it('hands out no token that one of the fleet has had rejected', async () => {
    const one = await pod(sandbox, frail.store, SELDOM);
    const other = await pod(sandbox, frail.store, SELDOM);
    const rejected = await shared(one.tokens);
    await shared(other.tokens);
    sandbox.failAlways('token', { kind: 'status', status: 429 });
    one.tokens.invalidateToken(rejected);
    await failureOf(one.tokens.getToken());
    frail.forget();
    await one.app.close();

    const late = await pod(sandbox, frail.store, SELDOM);
    expect(await failureOf(late.tokens.getToken())).toMatchObject({
      code: 'KOPOKOPO_RATE_LIMIT',
    });

    await late.app.close();
    await other.app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });
});

/** Renewed soon, and without a beat. */
const RENEWING = {
  token: { ...QUIET.token, earlyWindow: 0.9, beat: 30_000, lapse: 60_000 },
};

describe('A token that was replaced', () => {
  it('is not taken from a store that has come back from an old copy', async () => {
    await using sandbox = await KopoKopoSandbox.start({ tokenLifetime: 4 });
    const { store, forget, restore } = frailStore({ publishing: 60 });
    const { app, tokens } = await pod(sandbox, store, RENEWING);
    const next = async (replaced: string): Promise<string> => {
      await eventually(
        'it is renewed',
        () => tokens.peekToken()!.value !== replaced,
      );
      return tokens.peekToken()!.value;
    };
    const first = (await tokens.getToken()).value;
    await eventually('shared', () => tokens.status().store === 'in-use');
    const old = forget();
    const second = await next(first);
    restore(old);

    const third = await next(second);

    expect(third).not.toBe(first);
    expect(sandbox.counters.token).toBe(3);
    await app.close();
  });

  it('is used like any other when the server hands it out again', async () => {
    const given = ['first', 'second', 'first'];
    let minted = 0;
    await using server = await rawServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      if (request.url !== '/oauth/token') return void response.end('{}');
      const access_token = given[Math.min(minted++, 2)];
      const expires_in = minted > 2 ? 3_600 : 4;
      response.end(
        JSON.stringify({ access_token, token_type: 'Bearer', expires_in }),
      );
    });
    const app = await boot(
      KopoKopoModule.forRoot({
        baseUrl: server.url,
        clientId: 'cl_reused',
        clientSecret: 'not-told',
        token: { ...RENEWING.token, store: new MemoryTokenStore(), beat: 20 },
      }),
    );
    const tokens = app.get(TokenService);
    await tokens.getToken();
    await eventually('it is handed out again', () => minted === 3);
    // Some beats.
    await setTimeout(300);
    expect(tokens.peekToken()?.value).toBe('first');
    expect(minted).toBe(3);
    await app.close();
  });
});

describe('A short shutdown.timeout', () => {
  const REJECTS = () => Promise.reject(new Error('away'));
  const HANGS = () => new Promise<never>(() => undefined);
  it.each([
    ['rejects', 600, REJECTS],
    ['rejects', 300, REJECTS],
    ['hangs', 1_100, HANGS],
    ['hangs', 600, HANGS],
  ])(
    'leaves time to revoke where the store %s (%i ms)',
    async (_what, timeout, answer) => {
      await using sandbox = await KopoKopoSandbox.start();
      const log = new LogBook();
      const store = new MemoryTokenStore();
      for (const step of ['beat', 'lease', 'publish', 'leave'] as const) {
        Object.assign(store, { [step]: answer });
      }
      const shutdown = { timeout };
      const { app, tokens } = await pod(sandbox, store, { shutdown }, log);
      await tokens.getToken();
      await app.close();
      expect(log.of('warn').join()).not.toContain('Could not revoke');
      expect(sandbox.liveTokens).toEqual([]);
    },
  );
});
