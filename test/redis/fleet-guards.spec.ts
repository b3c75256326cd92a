import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
} from '@jest/globals';
import type { Redis } from 'ioredis';
import { MemoryTokenStore } from '../../lib/index.js';
import { RedisTokenStore } from '../../lib/redis/index.js';
import { FleetDebts } from '../../lib/token/store/fleet-debts.js';
import { FleetPulse } from '../../lib/token/store/fleet-pulse.js';
import {
  eventually,
  openFleet,
  type Pod,
  STILL,
} from '../support/redis-fleet.js';
import { describeWith, RedisServer } from '../support/redis-server.js';

/** Longer than any delay of the tests, shorter than a token lives; in milliseconds. */
const LONG = 600_000;

/** The store has taken over what the pod has got. */
const shared = ({ tokens }: Pod) =>
  eventually('it is shared', () => tokens.status().store === 'in-use');

describe('A token that was replaced', () => {
  it('by a sibling that could not read it is not revoked under the process that uses it', async () => {
    await using fleet = await openFleet();
    const { sandbox } = fleet;
    sandbox.rotateSecret(sandbox.clientId, ['old', 'new']);
    let now = 0;
    const store = new MemoryTokenStore(() => now);
    const one = await fleet.join(store, STILL, { clientSecret: 'old' });
    const value = await one.value();
    await shared(one);
    const other = await fleet.join(store, STILL, { clientSecret: 'new' });
    expect(await other.value()).not.toBe(value);
    await shared(other);

    now += LONG;
    await one.app.get(FleetDebts, { strict: false }).revokeDue();

    expect(one.tokens.peekToken()?.value).toBe(value);
    expect(sandbox.liveTokens).toContain(value);
    await one.stop();
    expect(sandbox.liveTokens).not.toContain(value);
  });

  it('is left alone by a process that is to revoke nothing, and revoked by a sibling', async () => {
    await using fleet = await openFleet();
    let now = 0;
    const store = new MemoryTokenStore(() => now);
    const shutdown = { revoke: false };
    const pod = await fleet.join(store, STILL, { shutdown });
    const old = await pod.value();
    await shared(pod);
    pod.tokens.invalidateToken(old);
    const current = await pod.value();
    await shared(pod);
    const beatOf = async ({ app }: Pod): Promise<void> => {
      const pulse = app.get(FleetPulse, { strict: false });
      await pulse.beat();
      await pulse.idle();
    };

    now += LONG;
    await beatOf(pod);
    expect(fleet.sandbox.liveTokens).toEqual([old, current]);

    await beatOf(await fleet.join(store, STILL));
    expect(fleet.sandbox.liveTokens).toEqual([current]);
  });
});

/** What is looked at of an account as it stands in Redis. */
interface Account {
  token: { id: string; sealed: string };
  retired: Record<string, { sealed: string }>;
}

describeWith('redis-server', 'A fleet on Redis', () => {
  let server: RedisServer;
  let admin: Redis;
  beforeAll(async () => {
    server = await RedisServer.start();
    admin = server.client();
  });
  beforeEach(() => admin.flushall());
  afterAll(async () => {
    admin.disconnect();
    await server[Symbol.asyncDispose]();
  });

  const redis = () => new RedisTokenStore({ url: server.url });
  const account = async () => JSON.parse(await server.dump()) as Account;

  it('takes no token from an entry that was put together from two', async () => {
    await using fleet = await openFleet();
    const one = await fleet.join(redis(), STILL);
    const old = await one.value();
    await shared(one);
    one.tokens.invalidateToken(old);
    await one.value();
    await shared(one);

    const [key] = await admin.keys('*');
    const { token, ...rest } = await account();
    const [{ sealed }] = Object.values(rest.retired) as [Account['token']];
    const forged = { ...rest, token: { ...token, sealed } };
    await admin.set(key!, JSON.stringify(forged), 'KEEPTTL');

    const late = await fleet.join(redis(), STILL);
    expect(await late.value()).not.toBe(old);
  });

  it('stops using a token that one process revokes, forgets it, and revokes it no second time', async () => {
    await using fleet = await openFleet();
    const [one, two] = [await fleet.join(redis()), await fleet.join(redis())];
    const value = await one.value();
    expect(await two.value()).toBe(value);

    await one.tokens.revokeToken();

    const held = () => two.tokens.peekToken()?.value;
    await eventually(
      'the sibling has another one',
      () => ![undefined, value].includes(held()),
    );
    const next = held();
    expect(await one.value()).toBe(next);
    const { retired } = await account();
    expect(Object.values(retired)).toMatchObject([{ sealed: '' }]);
    await fleet.stopAll();
    const revoked = fleet.sandbox.requests
      .filter(({ route }) => route === 'revoke')
      .map(({ form }) => form.token);
    expect(revoked).toEqual([value, next]);
  });
});
