import { describe, expect, it } from '@jest/globals';
import { MemoryTokenStore } from '../../lib/index.js';
import { FleetLink } from '../../lib/token/store/fleet-link.js';
import { TokenVault } from '../../lib/token/store/token-vault.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { failureOf, LogBook, QUIET } from '../support/boot.js';
import { eventually } from '../support/redis-fleet.js';
import { pod } from '../support/store-pod.js';

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
    const { app, tokens } = await pod(sandbox, store, { timeout: 30_000 });
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

  it('says so when a token in the store was sealed with a secret that it does not know', async () => {
    const clientId = 'cl_rotated';
    await using sandbox = await KopoKopoSandbox.start({
      applications: [{ clientId, clientSecret: ['old', 'new'] }],
    });
    const store = new MemoryTokenStore();
    const log = new LogBook();
    const gone = await pod(sandbox, store, {
      clientId,
      clientSecret: 'old',
      shutdown: { revoke: false },
    });
    const last = await pod(
      sandbox,
      store,
      { clientId, clientSecret: 'new' },
      log,
    );
    const left = await gone.tokens.getToken();
    await last.tokens.getToken();
    await gone.app.close();
    await eventually(
      'it is the last one',
      () => last.tokens.status().members === 1,
    );
    await last.app.close();
    expect(sandbox.liveTokens).toEqual([left.value]);
    expect(log.of('warn').join()).toContain(
      'Could not revoke 1 access token on shutdown (not readable with this client secret)',
    );
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

/** A store that carries out some steps and does not say so. */
function silentIn(store: MemoryTokenStore, step: 'publish' | 'beat') {
  const real = store[step].bind(store) as (...args: never[]) => unknown;
  let isSilent = true;
  Object.assign(store, {
    [step]: async (...args: never[]) => {
      const answer = await real(...args);
      if (isSilent) throw new Error('LOST');
      return answer;
    },
  });
  return { speak: () => void (isSilent = false) };
}

/** Beats so seldom that none comes during a test. */
const STILL = { token: { ...QUIET.token, beat: 60_000, lapse: 120_000 } };

describe('A token of which the store does not say whether it has it', () => {
  it('is not revoked under a sibling that uses it when its process stops', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const store = new MemoryTokenStore();
    const line = silentIn(store, 'publish');
    const one = await pod(sandbox, store, STILL);
    const token = await one.tokens.getToken();
    line.speak();
    const other = await pod(sandbox, store, STILL);
    expect((await other.tokens.getToken()).value).toBe(token.value);

    await one.app.close();

    expect(sandbox.liveTokens).toEqual([token.value]);
    expect(sandbox.counters).toMatchObject({ token: 1, revoke: 0 });
    await other.app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });

  it('is revoked by its process when the store says nothing to the end', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const store = new MemoryTokenStore();
    silentIn(store, 'publish');
    const { app, tokens } = await pod(sandbox, store, STILL);
    await tokens.getToken();
    await app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });

  it('is the fleet’s to revoke once the store has said so, also where it was replaced meanwhile', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const store = new MemoryTokenStore();
    const line = silentIn(store, 'publish');
    // Longer than a store that was lost is left alone.
    const slow = { token: { ...QUIET.token, lapse: 1_500, revokeDelay: 10 } };
    const one = await pod(sandbox, store, slow);
    const first = await one.tokens.getToken();
    const other = await pod(sandbox, store, slow);
    expect((await other.tokens.getToken()).value).toBe(first.value);
    line.speak();
    one.tokens.invalidateToken(first);
    const second = await one.tokens.getToken();
    while (other.tokens.peekToken()?.value !== second.value) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(sandbox.liveTokens).toEqual([first.value, second.value]);
    while (sandbox.liveTokens.length > 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await one.app.close();
    await other.app.close();
    expect(sandbox.liveTokens).toEqual([]);
    expect(sandbox.counters.token).toBe(2);
  });
});

describe('A token that one sibling has rejected', () => {
  it('is not revoked under the others while the server gives no other one', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const store = new MemoryTokenStore();
    const brisk = { token: { ...QUIET.token, revokeDelay: 10, beat: 20 } };
    const one = await pod(sandbox, store, brisk);
    const other = await pod(sandbox, store, brisk);
    const token = await one.tokens.getToken();
    await other.tokens.getToken();
    sandbox.failAlways('token', { kind: 'status', status: 429 });
    one.tokens.invalidateToken(token);
    await failureOf(one.tokens.getToken());

    // Far beyond lapse and beat.
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(other.tokens.peekToken()?.value).toBe(token.value);
    expect(sandbox.liveTokens).toEqual([token.value]);

    sandbox.clearFaults();
    while (sandbox.liveTokens.includes(token.value)) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(other.tokens.peekToken()?.value).toBe(sandbox.liveTokens[0]);
    await one.app.close();
    await other.app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });
});

describe('A revocation that hangs', () => {
  it('is taken over by the next beat of a sibling, and not doubled by its own', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const store = new MemoryTokenStore();
    const given = {
      timeout: 2_000,
      token: { ...QUIET.token, revokeDelay: 10 },
    };
    const [one, other] = [
      await pod(sandbox, store, { ...given, userAgent: 'one' }),
      await pod(sandbox, store, { ...given, userAgent: 'other' }),
    ];
    const token = await one.tokens.getToken();
    await other.tokens.getToken();
    sandbox.failNext('revoke', { kind: 'hang' });
    one.tokens.invalidateToken(token);
    await one.tokens.getToken();
    const revoked = () =>
      sandbox.requests
        .filter(({ route }) => route === 'revoke')
        .map(({ headers }) => headers['user-agent']);
    await eventually('it is revoked', () => sandbox.liveTokens.length === 1);
    expect(revoked()).toHaveLength(2);
    expect(new Set(revoked()).size).toBe(2);
    await one.app.close();
    await other.app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });
});

describe('A step of which the store tells late', () => {
  it('costs the token that has come meanwhile no renewal', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const store = new MemoryTokenStore();
    const publish = store.publish.bind(store);
    const arrivals: Array<() => void> = [];
    store.publish = async (...given) => {
      await new Promise<void>((resolve) => arrivals.push(resolve));
      return publish(...given);
    };
    const { app, tokens } = await pod(sandbox, store, {
      token: { ...QUIET.token, lapse: 60_000 },
    });
    const first = await tokens.getToken();
    await eventually('a beat shares it too', () => arrivals.length >= 2);
    arrivals[0]!();
    await eventually('it is shared', () => tokens.status().store === 'in-use');
    tokens.invalidateToken(first);
    const second = await tokens.getToken();
    await eventually('that is on its way', () => arrivals.length >= 3);

    arrivals[1]!();
    await new Promise((resolve) => setTimeout(resolve, 50));

    expect(tokens.peekToken()?.value).toBe(second.value);
    expect(sandbox.counters.token).toBe(2);
    store.publish = publish;
    for (const arrive of arrivals) arrive();
    await app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });
});

describe('The events', () => {
  it('say how the store does and how many members there are, each time that is new', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const store = new MemoryTokenStore();
    const one = await pod(sandbox, store);
    const told: unknown[] = [];
    one.tokens.events.subscribe((event) => {
      if (event.type === 'fleet-changed') told.push(event);
    });
    const heard = async (part: object): Promise<void> => {
      while (told.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      expect(told.shift()).toEqual({ type: 'fleet-changed', ...part });
    };
    const two = await pod(sandbox, store);
    await heard({ store: 'in-use', members: 2 });
    await two.app.close();
    await heard({ store: 'in-use', members: 1 });

    const away = async () => Promise.reject(new Error('away'));
    const { beat } = store;
    Object.assign(store, { beat: away });
    await heard({ store: 'out-of-reach' });
    Object.assign(store, { beat });
    await heard({ store: 'in-use', members: 1 });
    await one.app.close();
    expect(told).toEqual([]);
  });

  it('and the status say that a token is not shared yet', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const store = new MemoryTokenStore();
    const { app, tokens } = await pod(sandbox, store);
    const publish = store.publish.bind(store);
    let arrive = (): void => {};
    const way = new Promise<void>((resolve) => (arrive = resolve));
    store.publish = async (...args) => {
      await way;
      return publish(...args);
    };
    // Nobody waits for the store to have it.
    await tokens.getToken();
    expect(tokens.status().store).toBe('degraded');
    arrive();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(tokens.status()).toMatchObject({ store: 'in-use', members: 1 });
    await app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });
});
