import { describe, expect, it } from '@jest/globals';
import {
  KopoKopoModule,
  MemoryTokenStore,
  TokenService,
} from '../../lib/index.js';
import { FleetLink } from '../../lib/token/store/fleet-link.js';
import { TokenVault } from '../../lib/token/store/token-vault.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { boot, failureOf, LogBook, QUIET } from '../support/boot.js';

type Given = Partial<Parameters<typeof KopoKopoModule.forRoot>[0]>;

async function pod(
  sandbox: KopoKopoSandbox,
  store: MemoryTokenStore,
  given: Given = {},
  log: LogBook | false = false,
) {
  const token = { ...QUIET.token, store, beat: 20, lapse: 200, ...given.token };
  const app = await boot(
    KopoKopoModule.forRoot({ ...sandbox.moduleOptions, ...given, token }),
    log,
  );
  return { app, tokens: app.get(TokenService) };
}

/** A store some of whose steps do otherwise. */
function storeThat(steps: Record<string, () => unknown>): MemoryTokenStore {
  return Object.assign(new MemoryTokenStore(), steps);
}

describe('A store of the user that answers garbage', () => {
  const garbage = [null, undefined, 5, {}, [null], { members: 1, token: {} }];
  it.each(
    ['beat', 'lease', 'publish', 'claim', 'leave'].flatMap((step) =>
      garbage.map((answer): [string, string, unknown] => [
        step,
        JSON.stringify(answer) ?? 'undefined',
        answer,
      ]),
    ),
  )('makes no token unavailable: %s gives %s', async (step, _text, answer) => {
    await using sandbox = await KopoKopoSandbox.start();
    const store = storeThat({ [step]: async () => answer });
    const { app, tokens } = await pod(sandbox, store);
    expect((await tokens.getToken()).isExpired()).toBe(false);
    await app.close();
  });

  it('or closes never holds up the shutdown', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const log = new LogBook();
    const store = storeThat({ close: () => new Promise(() => undefined) });
    const { app, tokens } = await pod(sandbox, store, {}, log);
    await tokens.getToken();
    await app.close();
    expect(sandbox.liveTokens).toEqual([]);
    expect(log.of('warn').join()).not.toContain('Could not revoke');
  });
});

describe('The last one out', () => {
  it('revokes although the store stumbles just then', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const store = new MemoryTokenStore();
    const { app, tokens } = await pod(sandbox, store);
    await tokens.getToken();
    const leave = store.leave.bind(store);
    let stumbles = 3;
    store.leave = async (...args) => {
      if (stumbles-- > 0) throw new Error('READONLY');
      return leave(...args);
    };
    await app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });

  it('says so when the store stays away, and throws nothing', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const log = new LogBook();
    const store = new MemoryTokenStore();
    const { app, tokens } = await pod(sandbox, store, {}, log);
    await tokens.getToken();
    store.leave = async () => Promise.reject(new Error('gone'));
    await app.close();
    expect(log.of('warn').join()).toContain('out of reach on shutdown');
  });

  it('says so when the server does not take the token back', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const log = new LogBook();
    const { app, tokens } = await pod(
      sandbox,
      new MemoryTokenStore(),
      { shutdown: { timeout: 600 } },
      log,
    );
    await tokens.getToken();
    sandbox.failAlways('revoke', { kind: 'status', status: 400 });
    await app.close();
    expect(log.of('warn').join()).toContain(
      'Could not revoke 1 access token on shutdown (KOPOKOPO_REFUSED)',
    );
  });
});

describe('A fleet', () => {
  it('is not quieted by the one process whose secret is wrong', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const store = new MemoryTokenStore();
    const wrong = await pod(sandbox, store, { clientSecret: 'not-this-one' });
    const right = await pod(sandbox, store);
    expect(await failureOf(wrong.tokens.getToken())).toMatchObject({
      code: 'KOPOKOPO_AUTHENTICATION',
    });
    expect((await right.tokens.getToken()).isExpired()).toBe(false);
    await wrong.app.close();
    await right.app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });

  it('brings its token to a process that is still in its pause', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const store = new MemoryTokenStore();
    const pausing = await pod(sandbox, store, {
      token: { ...QUIET.token, cooldownMin: 60_000, cooldownMax: 60_000 },
    });
    sandbox.failNext('token', { kind: 'status', status: 401 });
    await failureOf(pausing.tokens.getToken());
    const other = await pod(sandbox, store);
    const token = await other.tokens.getToken();
    let got: string | undefined;
    while (got === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      got = pausing.tokens.peekToken()?.value;
    }
    expect(got).toBe(token.value);
    await pausing.app.close();
    await other.app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });

  it('hears of a rejection that an outage swallowed: the good token takes the place of the rejected one', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    let isAway = false;
    const store = new MemoryTokenStore();
    for (const step of ['beat', 'lease', 'publish', 'invalidate'] as const) {
      const real = store[step].bind(store) as (...args: never[]) => unknown;
      Object.assign(store, {
        [step]: async (...args: never[]) => {
          if (isAway) throw new Error('away');
          return real(...args);
        },
      });
    }
    const one = await pod(sandbox, store);
    const rejected = await one.tokens.getToken();
    isAway = true;
    sandbox.revokeToken(rejected.value);
    one.tokens.invalidateToken(rejected);
    const good = await one.tokens.getToken();
    isAway = false;
    while (one.tokens.status().store !== 'in-use') {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const other = await pod(sandbox, store);
    expect((await other.tokens.getToken()).value).toBe(good.value);
    expect(sandbox.liveTokens).toEqual([good.value]);
    await one.app.close();
    await other.app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });

  it('is never given an old token in the name of a renewal that is under way', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const store = new MemoryTokenStore();
    const { app, tokens } = await pod(sandbox, store);
    const link = app.get(FleetLink, { strict: false });
    const [old, current] = [
      await tokens.requestToken(),
      await tokens.requestToken(),
    ];
    await link.publish(current);
    expect(await link.lease()).toMatchObject({ granted: true });
    await link.suggest(old);
    expect((await link.beat())?.token?.id).toBe(
      app.get(TokenVault, { strict: false }).idOf(current),
    );
    expect(await link.lease()).toMatchObject({ granted: false });
    await app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });
});
