import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  expect,
  it,
} from '@jest/globals';
import type { Redis } from 'ioredis';
import { RedisTokenStore } from '../../lib/redis/index.js';
import { failureOf } from '../support/boot.js';
import { ownTime } from '../support/own-time.js';
import {
  BRISK,
  eventually,
  type Fleet,
  openFleet,
  type Pod,
  STILL,
} from '../support/redis-fleet.js';
import { describeWith, RedisServer } from '../support/redis-server.js';

type Mood = 'gives' | 'throws' | 'hangs';

/** Milliseconds of its own time within which a token comes that nobody has to be waited for. */
const AT_ONCE = 1_000;

describeWith(
  'redis-server',
  'A fleet one of whose secrets comes from a function',
  () => {
    let server: RedisServer;
    let admin: Redis;
    let fleet: Fleet;
    let mood: Mood;
    beforeAll(async () => {
      server = await RedisServer.start();
      admin = server.client();
    });
    beforeEach(async () => {
      await admin.flushall();
      fleet = await openFleet({}, { timeout: 3_000 });
      mood = 'gives';
    });
    afterEach(async () => {
      mood = 'gives';
      await fleet[Symbol.asyncDispose]();
    });
    afterAll(async () => {
      admin.disconnect();
      await server[Symbol.asyncDispose]();
    });

    const join = (token = {}, given = {}): Promise<Pod> =>
      fleet.join(new RedisTokenStore({ url: server.url }), token, given);

    const clientSecret = async (): Promise<string> => {
      if (mood === 'throws') throw new Error('The vault is away.');
      if (mood === 'hangs') {
        await eventually('it hangs no more', () => mood !== 'hangs');
      }
      return fleet.sandbox.clientSecret;
    };

    /** Moments at which members lapse, by Redis' clock. */
    async function lapses(): Promise<number[]> {
      const [key] = await admin.keys('*');
      const { members } = JSON.parse((await admin.get(key!))!) as {
        members: Record<string, number>;
      };
      return Object.values(members);
    }

    async function nothingLeft(): Promise<void> {
      // What is revoked is revoked with a secret.
      mood = 'gives';
      await fleet.stopAll();
      expect(fleet.sandbox.liveTokens).toEqual([]);
    }

    it.each([
      ['after it has given one', 'gives'],
      ['from the start', 'hangs'],
    ] as const)(
      'that hangs %s goes on counting that process',
      async (_when, first) => {
        mood = first;
        const asking = await join({}, { clientSecret });
        if (mood === 'gives') await asking.value();
        mood = 'hangs';
        const other = await join();
        other.tokens.invalidateToken(await other.value());
        const token = await other.value();

        const since = Math.max(...(await lapses()));
        await eventually('both have gone on for two lapses', async () => {
          const moments = await lapses();
          expect(moments).toHaveLength(2);
          return Math.min(...moments) > since + 2 * BRISK.lapse;
        });

        await other.stop();
        expect(fleet.sandbox.liveTokens).toContain(token);
      },
    );

    it('that fails once its token is there still shares it', async () => {
      const [asking, other] = [
        await join(STILL, { clientSecret }),
        await join(STILL),
      ];
      fleet.sandbox.failNext('token', { kind: 'delay', ms: 200 });
      const token = asking.value();
      await fleet.sandbox.waitForRequest('token');
      mood = 'throws';

      expect(await other.value()).toBe(await token);
      expect(fleet.sandbox.counters.token).toBe(1);
      await nothingLeft();
    });

    it('that fails does not keep tokens from the others', async () => {
      mood = 'throws';
      const pause = { cooldownMin: 30_000, cooldownMax: 30_000 };
      const asking = await join({ ...STILL, ...pause }, { clientSecret });
      const other = await join(STILL);
      expect(await failureOf(asking.value())).toMatchObject({
        code: 'KOPOKOPO_CONFIGURATION',
      });

      const took = await ownTime(() => other.value());

      expect(took).toBeLessThan(AT_ONCE);
      await nothingLeft();
    });

    it('that is first needed by the last one out opens all that is to be revoked', async () => {
      const other = await join(STILL);
      other.tokens.invalidateToken(await other.value());
      await other.value();
      mood = 'throws';
      const asking = await join(STILL, { clientSecret });
      await eventually(
        'both are members',
        () => asking.tokens.status().members === 2,
      );
      await other.stop();
      expect(fleet.sandbox.liveTokens).toHaveLength(2);

      mood = 'gives';
      await asking.stop();

      expect(fleet.sandbox.liveTokens).toEqual([]);
    });
  },
);
