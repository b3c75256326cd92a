import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout } from 'node:timers/promises';
import { KopoKopoHttpService, MemoryTokenStore } from '../../lib/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { FleetPulse } from '../../lib/token/store/fleet-pulse.js';
import { TokenLifecycle } from '../../lib/token/token-lifecycle.js';
import { LogBook, QUIET } from '../support/boot.js';
import { frailStore } from '../support/frail-store.js';
import { eventually } from '../support/redis-fleet.js';
import { pod } from '../support/store-pod.js';

const STILL = { ...QUIET.token, beat: 60_000, lapse: 120_000 };

describe('A pod that leaves', () => {
  let sandbox: KopoKopoSandbox;
  let store: MemoryTokenStore;
  beforeEach(async () => {
    sandbox = await KopoKopoSandbox.start({ api: 'scripted' });
    store = new MemoryTokenStore();
  });
  afterEach(async () => sandbox.stop());

  const shutdown = { deadline: 20, timeout: 1_000 };
  type Pod = Awaited<ReturnType<typeof pod>>;
  /** As Nest does before it waits for open connections. */
  const beginShutdown = ({ app }: Pod): void =>
    app.get(TokenLifecycle, { strict: false }).beforeApplicationShutdown();
  const gone = ({ tokens }: Pod) =>
    eventually(
      'its deadline is over',
      () => tokens.status().state === 'closed',
    );

  it('does not take from the others a token that it has replaced for itself', async () => {
    sandbox.setTokenLifetime(15);
    const { store: frail, line } = frailStore({ inner: store });
    const sibling = await pod(sandbox, store, {
      token: { ...STILL, earlyWindow: 0.05, lastWindow: 100 },
    });
    const leaver = await pod(sandbox, frail, {
      token: { ...STILL, earlyWindow: 0.9, lastWindow: 500 },
    });
    const { value } = await sibling.tokens.getToken();
    expect((await leaver.tokens.getToken()).value).toBe(value);
    line.isDown = true;
    await eventually(
      'it has one of its own',
      () => leaver.tokens.peekToken()?.value !== value,
    );
    line.isDown = false;

    await leaver.app.close();
    await sibling.app.get(FleetPulse, { strict: false }).beat();
    await setTimeout(100);

    expect(sibling.tokens.peekToken()?.value).toBe(value);
    expect(sandbox.counters.token).toBe(2);
    await sibling.app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });

  it('by its deadline, as the last one, revokes the shared token; who asks later leaves none either', async () => {
    const one = await pod(sandbox, store, { shutdown });
    await one.tokens.getToken();
    beginShutdown(one);
    await gone(one);
    await eventually('it is revoked', () => sandbox.liveTokens.length === 0);

    const late = await one.tokens.getToken();
    expect(sandbox.liveTokens).toEqual([late.value]);
    await one.app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });

  it('by its deadline leaves the shared token to the others, twice too', async () => {
    const [one, other] = [
      await pod(sandbox, store, { shutdown }),
      await pod(sandbox, store),
    ];
    const { value } = await one.tokens.getToken();
    await other.tokens.getToken();
    beginShutdown(one);
    beginShutdown(one);
    await gone(one);
    const late = await one.tokens.getToken();
    expect(late.value).not.toBe(value);
    await Promise.all([one.app.close(), one.app.close()]);

    expect(sandbox.liveTokens).toEqual([value]);
    expect((await other.tokens.getToken()).value).toBe(value);
    await other.app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });

  it('by its deadline while it fetches a token for the fleet lets the others keep that', async () => {
    const { store: slow } = frailStore({ inner: store, publishing: 150 });
    const one = await pod(sandbox, slow, { shutdown });
    const other = await pod(sandbox, slow);
    await eventually('both count', () => other.tokens.status().members === 2);
    sandbox.failNext('token', { kind: 'hang' });
    const call = one.app.get(KopoKopoHttpService).get('things');
    await sandbox.waitForRequest('token');
    beginShutdown(one);
    await gone(one);
    const waiting = other.tokens.getToken();
    await setTimeout(30);
    sandbox.release();
    await call;

    expect(sandbox.liveTokens).toEqual([(await waiting).value]);
    await one.app.close();
    expect(sandbox.liveTokens).toEqual([(await waiting).value]);
    await other.app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });

  it('while a call ends, and the store has not said whether it took the token, revokes nothing under the others', async () => {
    const { store: frail, line } = frailStore({ inner: store });
    const one = await pod(sandbox, frail, { shutdown, timeout: 5_000 });
    const other = await pod(sandbox, store);
    await eventually('both count', () => other.tokens.status().members === 2);
    const publish = frail.publish.bind(frail);
    frail.publish = async (...given) => {
      await publish(...given);
      frail.publish = publish;
      line.isDown = true;
      throw new Error('LOST');
    };
    sandbox.failNext('api', { kind: 'hang' });
    const call = one.app.get(KopoKopoHttpService).get('things');
    await sandbox.waitForRequest('api');
    const { value } = await other.tokens.getToken();
    beginShutdown(one);
    await gone(one);
    sandbox.release();
    await call;
    await setTimeout(100);
    line.isDown = false;

    expect((await other.tokens.getToken()).value).toBe(value);
    expect(sandbox.liveTokens).toEqual([value]);
    await one.app.close();
    await other.app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });

  it('by its deadline while the store is away says so once', async () => {
    const log = new LogBook();
    const { store: frail, line } = frailStore({ inner: store });
    const one = await pod(sandbox, frail, { shutdown }, log);
    await one.tokens.getToken();
    line.isDown = true;
    beginShutdown(one);
    await gone(one);
    await one.app.close();
    const said = log.of('warn').filter((text) => text.includes('on shutdown'));
    expect(said).toHaveLength(1);
  });
});

it('A store that has never answered is out of reach, and has no members', async () => {
  await using sandbox = await KopoKopoSandbox.start({ api: 'scripted' });
  const store = new MemoryTokenStore();
  const { beat } = store;
  store.beat = () => new Promise(() => undefined);
  const { app, tokens } = await pod(sandbox, store);
  expect(tokens.status()).toMatchObject({ store: 'out-of-reach' });
  expect(tokens.status().members).toBeUndefined();
  store.beat = beat;
  await eventually('it answers', () => tokens.status().store === 'in-use');
  expect(tokens.status().members).toBe(1);
  await app.close();
});
