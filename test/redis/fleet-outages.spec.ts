import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { setTimeout } from 'node:timers/promises';
import { RedisTokenStore } from '../../lib/redis/index.js';
import { TokenSealer } from '../../lib/token/store/token-sealer.js';
import { faultyProxy } from '../support/faulty-proxy.js';
import {
  eventually,
  type Fleet,
  openFleet,
  type Pod,
  sharing,
  STILL,
} from '../support/redis-fleet.js';
import { describeWith, RedisServer } from '../support/redis-server.js';

/** Of a pod that looks at once, and counts as long as its siblings. */
const LIVELY = { ...STILL, beat: 100 };

describeWith('redis-server', 'A fleet whose Redis', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await openFleet({}, { timeout: 300 });
  });
  afterEach(async () => fleet[Symbol.asyncDispose]());

  const held = (pods: Pod[]) =>
    pods.map(({ tokens }) => tokens.peekToken()?.value);

  async function nothingLeft(): Promise<void> {
    await fleet.stopAll();
    expect(fleet.sandbox.liveTokens).toEqual([]);
  }

  /** What its own account holds. */
  async function stateOf(server: RedisServer) {
    return JSON.parse((await server.dump()) || '{}') as {
      token?: { id: string };
      members?: object;
      retired?: object;
    };
  }

  async function restart(server: RedisServer): Promise<void> {
    await server.kill();
    await server.start();
  }
  const EMPTIED: [string, (server: RedisServer) => Promise<unknown>][] = [
    ['is restarted empty', restart],
    ['is flushed', (server) => server.command('FLUSHALL')],
  ];

  it.each(EMPTIED)(
    '%s still gives back what one of them had rejected before, by beat or by stop',
    async (_what, empty) => {
      // A server that has just started may take longer than a stop waits for it.
      const stop = empty === restart ? [] : [STILL];
      for (const times of [{ ...LIVELY, lapse: 400 }, ...stop]) {
        await using server = await RedisServer.start();
        const [one] = await sharing(fleet, server.url, times, times);
        one!.tokens.invalidateToken(await one!.value());
        await one!.value();
        await empty(server);
        if (times !== STILL) {
          await eventually(
            'the rejected one is revoked',
            () => fleet.sandbox.liveTokens.length === 1,
          );
        }
        await nothingLeft();
      }
    },
  );

  it.each(EMPTIED)(
    '%s keeps its token when the one that noticed first stops before the others have',
    async (_what, empty) => {
      await using server = await RedisServer.start();
      const [first, ...others] = await sharing(
        fleet,
        server.url,
        LIVELY,
        STILL,
        STILL,
        STILL,
      );
      const [token] = held([first!]);
      await empty(server);
      await eventually(
        'it is shared again',
        async () => (await stateOf(server)).token !== undefined,
      );

      await first!.stop();

      expect(fleet.sandbox.liveTokens).toEqual([token]);
      expect(held(others)).toEqual(Array(3).fill(token));
      const late = await fleet.join(
        new RedisTokenStore({ url: server.url }),
        STILL,
      );
      expect(await late.value()).toBe(token);
      await nothingLeft();
      expect(fleet.sandbox.counters).toMatchObject({ token: 1, revoke: 1 });
    },
  );

  it.each(EMPTIED)(
    '%s just before all of it stops leaves no token alive',
    async (_what, empty) => {
      await using server = await RedisServer.start();
      await sharing(fleet, server.url, STILL, STILL, STILL);
      await empty(server);
      await nothingLeft();
    },
  );

  it('is away for longer than a lapse and forgets nothing keeps its token when one stops before the others have come back', async () => {
    const times = { beat: 500, lapse: 1_000 };
    await using server = await RedisServer.start({ keepsData: true });
    const [first, ...others] = await sharing(
      fleet,
      server.url,
      times,
      times,
      times,
      times,
    );
    const [token] = held([first!]);
    await server.kill();
    await setTimeout(times.lapse + 100);
    await server.start();

    await first!.stop();

    expect(fleet.sandbox.liveTokens).toEqual([token]);
    expect(held(others)).toEqual(Array(3).fill(token));
    await eventually('the others are back', () =>
      others.every(({ tokens }) => tokens.status().members === 3),
    );
    await nothingLeft();
    expect(fleet.sandbox.counters).toMatchObject({ token: 1, revoke: 1 });
  });

  it('comes back from an old snapshot keeps its newer token', async () => {
    await using server = await RedisServer.start();
    const given = { earlyWindow: 0.9, lastWindow: 500 };
    fleet.sandbox.setTokenLifetime(15);
    const pods = await sharing(fleet, server.url, given, given, given);
    const [old] = held(pods);
    await server.command('SAVE');
    fleet.sandbox.setTokenLifetime(3_600);
    await eventually('it is renewed, and the old one revoked', () => {
      const [live, ...more] = fleet.sandbox.liveTokens;
      return (
        more.length === 0 &&
        live !== old &&
        held(pods).every((value) => value === live)
      );
    });
    const [newer] = held(pods);

    await restart(server);

    const seen = new Set<string>();
    const { url, clientId } = fleet.sandbox;
    await eventually('it is shared again', async () => {
      for (const pod of pods) seen.add(await pod.value());
      const { token } = await stateOf(server);
      return token?.id === new TokenSealer(url, clientId).idOf(newer!);
    });
    expect([...seen]).toEqual([newer]);
    expect(fleet.sandbox.liveTokens).toEqual([newer]);
    await nothingLeft();
  });

  it('breaks off as the last one out asks what to revoke leaves no token alive', async () => {
    await using server = await RedisServer.start();
    await using proxy = await faultyProxy(server.port);
    const [pod] = await sharing(fleet, proxy.url, STILL);
    let hasLeft = false;
    proxy.cutAt((text) => {
      hasLeft ||= /\r\nleave\r\n/.test(text);
      return hasLeft && /\r\nclaim\r\n/.test(text);
    });

    await pod!.stop();

    expect(hasLeft).toBe(true);
    expect(Object.keys((await stateOf(server)).retired!)).toHaveLength(1);
    expect(fleet.sandbox.liveTokens).toEqual([]);
  });
});
