import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  expect,
  it,
} from '@jest/globals';
import { setTimeout } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { MemoryTokenStore } from '../../lib/index.js';
import { RedisTokenStore } from '../../lib/redis/index.js';
import { ownTime } from '../support/own-time.js';
import {
  eventually,
  type Fleet,
  openFleet,
  type Pod,
} from '../support/redis-fleet.js';
import { describeWith, RedisServer } from '../support/redis-server.js';
import { brokenRedis } from '../support/broken-redis.js';
import { slowProxy } from '../support/slow-proxy.js';

/** Milliseconds of its own time within which a first token comes, whatever the store does. */
const AT_ONCE = 1_000;

describeWith('redis-server', 'A store that fails', () => {
  let server: RedisServer;
  let fleet: Fleet;
  let admin: Redis;
  beforeAll(async () => {
    server = await RedisServer.start();
    admin = server.client({ maxRetriesPerRequest: 100 });
  });
  beforeEach(async () => {
    await admin.flushall();
    fleet = await openFleet();
  });
  afterEach(async () => fleet[Symbol.asyncDispose]());
  afterAll(async () => {
    admin.disconnect();
    await server[Symbol.asyncDispose]();
  });

  const redis = (url = server.url) => new RedisTokenStore({ url });
  const warnings = () =>
    fleet.book.of('warn').filter((line) => line.includes('token store'));

  const timed = (pod: Pod): Promise<number> => ownTime(() => pod.value());

  /** Pods that share one token. */
  async function sharing(count: number): Promise<Pod[]> {
    const pods: Pod[] = [];
    for (let i = 0; i < count; i++) pods.push(await fleet.join(redis()));
    const values = await Promise.all(pods.map((pod) => pod.value()));
    expect(new Set(values).size).toBe(1);
    await eventually('all have joined', () =>
      pods.every(({ tokens }) => tokens.status().members === count),
    );
    return pods;
  }

  /** All pods hold the one token that lives on the server. */
  const converged = (pods: Pod[]) =>
    eventually('the fleet converges on one token', () => {
      const values = pods.map(({ tokens }) => tokens.peekToken()?.value);
      const [live, ...more] = fleet.sandbox.liveTokens;
      return more.length === 0 && values.every((value) => value === live);
    });

  async function nothingLeft(): Promise<void> {
    await fleet.stopAll();
    expect(fleet.sandbox.liveTokens).toEqual([]);
  }

  it.each([
    { how: 'refuses connections', reason: 'ECONNREFUSED' },
    { how: 'says nothing', reason: 'TIMEOUT' },
    { how: 'wants a password', reason: 'NOAUTH' },
    { how: 'refuses the password', reason: 'WRONGPASS' },
    { how: 'may not be written to', reason: 'READONLY' },
    { how: 'has its disk full', reason: 'MISCONF' },
    { how: 'is out of memory', reason: 'OOM' },
    { how: 'grants the user too little', reason: 'NOPERM' },
  ])(
    'that $how is out of reach for the reason $reason, in the log and the event',
    async ({ reason }) => {
      await using broken = await brokenRedis(reason);
      const pod = await fleet.join(redis(broken.url));
      expect(await timed(pod)).toBeLessThan(AT_ONCE);
      await eventually('it notices', () => warnings().length > 0);
      expect(warnings()[0]).toContain(
        `The token store is out of reach (${reason})`,
      );
      expect(pod.events).toContainEqual({ type: 'store-lost', reason });
      expect(fleet.book.lines.join()).not.toContain('sesame');
      await nothingLeft();
    },
  );

  it('dead at boot, the first token comes as without a store', async () => {
    const without = await timed(await fleet.join(undefined));
    const dead = await fleet.join(redis('redis://127.0.0.1:1'));
    const took = await timed(dead);
    process.stderr.write(
      `first token: ${without.toFixed(1)} ms without a store, ${took.toFixed(1)} ms with a dead one\n`,
    );
    expect(took).toBeLessThan(AT_ONCE);
    expect(dead.tokens.status().store).toBe('out-of-reach');
    await nothingLeft();
  });

  it('silent at boot, the first token comes after one step’s patience', async () => {
    server.pause();
    try {
      const pod = await fleet.join(redis());
      const took = await timed(pod);
      process.stderr.write(
        `first token: ${took.toFixed(1)} ms with a store that is silent\n`,
      );
      expect(took).toBeLessThan(AT_ONCE);
    } finally {
      server.resume();
    }
  });

  it('stopped meanwhile, tokens keep flowing; back again and empty, the fleet converges and revokes the extra ones', async () => {
    const pods = await sharing(3);
    await server.stop();
    await eventually('all notice', () =>
      pods.every(({ tokens }) => tokens.status().store === 'out-of-reach'),
    );
    // Each gets a token of its own while the store is away.
    for (const { tokens } of pods)
      tokens.invalidateToken((await tokens.getToken()).value);
    const own = await Promise.all(pods.map((pod) => pod.value()));
    expect(new Set(own).size).toBe(3);
    await setTimeout(500);
    expect(warnings()).toHaveLength(3);

    await server.start();
    await eventually('all are back', () =>
      pods.every(({ tokens }) => tokens.status().store === 'in-use'),
    );
    for (const { events } of pods) {
      const count = (type: string) =>
        events.filter((event) => event.type === type).length;
      expect([count('store-lost'), count('store-back')]).toEqual([1, 1]);
    }
    fleet.sandbox.expireToken(fleet.sandbox.issuedTokens[0]!);
    await converged(pods);
    expect(pods[0]!.tokens.status()).toMatchObject({
      store: 'in-use',
      members: 3,
    });
    await nothingLeft();
  });

  it('paused, tokens keep flowing and no call waits longer than one step; back again, the fleet converges', async () => {
    const pods = await sharing(3);
    server.pause();
    const newcomer = await fleet.join(redis());
    const took = await timed(newcomer);
    expect(took).toBeLessThan(AT_ONCE);
    for (const pod of pods) expect(await timed(pod)).toBeLessThan(AT_ONCE);
    await eventually('all notice', () =>
      pods.every(({ tokens }) => tokens.status().store === 'out-of-reach'),
    );
    server.resume();
    await converged([...pods, newcomer]);
    await nothingLeft();
  });

  it('restarted empty, the token in use is shared again: nobody mints, and it is not forgotten', async () => {
    const pods = await sharing(3);
    await server.kill();
    await server.start();
    await eventually(
      'it is shared again',
      async () => (await admin.keys('*')).length === 1,
    );
    const late = await fleet.join(redis());
    await eventually(
      'a late one gets it',
      async () => (await late.value()) === (await pods[0]!.value()),
    );
    await converged([...pods, late]);
    await eventually('all are back', () =>
      pods.every(({ tokens }) => tokens.status().members === 4),
    );
    await nothingLeft();
  });

  it('killed while one member has the lease, both get a token and the extra one is revoked', async () => {
    const [one, two] = [await fleet.join(redis()), await fleet.join(redis())];
    fleet.sandbox.failNext('token', { kind: 'delay', ms: 400 });
    const first = one.value();
    await fleet.sandbox.waitForRequest('token');
    const second = two.value();
    await setTimeout(100);
    await server.kill();
    const took = await ownTime(() => Promise.all([first, second]));
    expect(took).toBeLessThan(AT_ONCE);
    await server.start();
    await converged([one, two]);
    await nothingLeft();
  });

  it('with 200 ms of latency it costs one step’s patience, and no lease is left behind', async () => {
    await using proxy = await slowProxy(server.port, 100);
    const slow = await fleet.join(redis(`redis://127.0.0.1:${proxy.port}`));
    const took = await timed(slow);
    process.stderr.write(
      `first token: ${took.toFixed(1)} ms with a store 200 ms away\n`,
    );
    expect(took).toBeLessThan(AT_ONCE);
    // A sibling nearby is not held up by a lease granted to one that did not wait for it.
    await setTimeout(1_000);
    const near = await fleet.join(redis());
    expect(await timed(near)).toBeLessThan(AT_ONCE);
    await near.stop();
    await slow.stop();
    expect(fleet.sandbox.liveTokens.length).toBeLessThanOrEqual(1);
  });

  it('out of memory, tokens keep flowing; with memory again the fleet converges', async () => {
    const pods = await sharing(2);
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    await admin.config('SET', 'maxmemory', '1');
    try {
      await eventually('all notice', () =>
        pods.every(({ tokens }) => tokens.status().store === 'out-of-reach'),
      );
      const late = await fleet.join(redis());
      expect(await timed(late)).toBeLessThan(AT_ONCE);
      pods.push(late);
    } finally {
      await admin.config('SET', 'maxmemory', '0');
    }
    await converged(pods);
    await nothingLeft();
  });

  it('that refuses the password, tokens keep flowing with one warning, which does not hold it', async () => {
    await using locked = await RedisServer.start({ password: 'sesame-street' });
    for (const url of [
      locked.url.replace('sesame', 'wrongword'),
      `redis://127.0.0.1:${locked.port}`,
    ]) {
      expect(await timed(await fleet.join(redis(url)))).toBeLessThan(AT_ONCE);
    }
    const good = await fleet.join(redis(locked.url));
    await good.value();
    await eventually(
      'its token is shared',
      () => good.tokens.status().store === 'in-use',
    );
    await setTimeout(500);
    expect(warnings()).toHaveLength(2);
    expect(fleet.book.lines.join()).not.toMatch(/street/);
    await nothingLeft();
  });

  const sealedFlipped = async (key: string): Promise<void> => {
    const state = JSON.parse((await admin.get(key))!) as {
      token: { sealed: string };
    };
    const { sealed } = state.token;
    state.token.sealed = `${sealed.slice(0, -3)}${sealed.at(-3) === 'A' ? 'B' : 'A'}${sealed.slice(-2)}`;
    await admin.set(key, JSON.stringify(state));
  };
  const forged =
    (state: unknown) =>
    async (key: string): Promise<void> =>
      void (await admin.set(key, JSON.stringify(state)));

  const FAR = 9_000_000_000_000_000;
  const DAMAGE: [string, (key: string) => Promise<void>][] = [
    ['the sealed text was flipped', sealedFlipped],
    ['no JSON stands', async (key) => void (await admin.set(key, '{"token":'))],
    [
      'bytes stand',
      async (key) => void (await admin.set(key, Buffer.from([0, 255, 128]))),
    ],
    [
      'a list stands',
      async (key) => void (await admin.multi().del(key).rpush(key, 'x').exec()),
    ],
    ['a JSON text stands', forged('token')],
    ['a JSON list stands', forged([1, [2], null])],
    ['null stands', forged(null)],
    [
      'deep nesting stands',
      async (key) => void (await admin.set(key, '['.repeat(5_000))),
    ],
    [
      'every part is a text',
      forged({
        token: 'x',
        lease: 'x',
        pause: 'x',
        members: 'x',
        retired: 'x',
      }),
    ],
    [
      'every part is null',
      forged({
        token: null,
        lease: null,
        pause: null,
        members: null,
        retired: null,
      }),
    ],
    [
      'every part is a list',
      forged({
        token: [1],
        lease: [1],
        pause: [1],
        members: [1],
        retired: [1],
      }),
    ],
    [
      'every part is empty',
      forged({
        token: {},
        lease: {},
        pause: {},
        members: { a: {} },
        retired: { a: {} },
      }),
    ],
    [
      'every moment is far away',
      forged({
        token: { id: 'x', sealed: 'k1.x', expiresAt: FAR },
        lease: { member: 'x', until: FAR },
        pause: { code: 'X', until: FAR },
        members: { ghost: FAR },
        retired: {
          x: { sealed: 'k1.x', expiresAt: FAR, dueAt: FAR, claimedUntil: FAR },
        },
      }),
    ],
    [
      'a pause of a day stands',
      forged({
        pause: { code: 'KOPOKOPO_SERVER', until: Date.now() + 86_400_000 },
      }),
    ],
    [
      'a lease of a day stands',
      forged({ lease: { member: 'x', until: Date.now() + 86_400_000 } }),
    ],
    [
      'a token that nobody sealed stands',
      forged({
        token: {
          id: 'x',
          sealed: 'k1.Zm9yZ2Vk',
          expiresAt: Date.now() + 600_000,
        },
      }),
    ],
  ];

  it.each(DAMAGE)(
    'in which %s has it replaced, and tokens keep flowing',
    async (_what, damage) => {
      const pods = await sharing(2);
      const [key] = await admin.keys('*');
      await damage(key!);
      const late = await fleet.join(redis());
      expect(await timed(late)).toBeLessThan(AT_ONCE);
      for (const pod of pods) expect(await timed(pod)).toBeLessThan(AT_ONCE);
      await eventually('it is whole again', async () => {
        const all = [...pods, late];
        return (
          (await admin.type(key!)) === 'string' &&
          all.every(({ tokens }) => {
            const { store, members } = tokens.status();
            return store === 'in-use' && members === 3;
          })
        );
      });
      expect(warnings()).toEqual([]);
      expect(await admin.pttl(key!)).toBeLessThan(4_000_000);
      expect(await admin.pttl(key!)).toBeGreaterThan(0);
    },
  );

  it('in which a lease of a day stands does not hold up the first token', async () => {
    const [pod] = await sharing(1);
    const [key] = await admin.keys('*');
    await pod!.stop();
    const until = Date.now() + 86_400_000;
    await forged({ lease: { member: 'x', until } })(key!);
    expect(await timed(await fleet.join(redis()))).toBeLessThan(AT_ONCE);
    await nothingLeft();
  });

  it('in which an entry says that it lives for ever is not believed', async () => {
    const [pod] = await sharing(1);
    const [key] = await admin.keys('*');
    const state = JSON.parse((await admin.get(key!))!) as {
      token: { expiresAt: number };
    };
    state.token.expiresAt += 86_400_000;
    await admin.set(key!, JSON.stringify(state));
    const late = await fleet.join(redis());
    const token = await late.tokens.getToken();
    expect(token.value).toBe(await pod!.value());
    expect(token.expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(
      3_600_000,
    );
  });

  it('that grants a lease too late gets it back, and siblings do not wait for it', async () => {
    const store = new MemoryTokenStore();
    let isReleased = false;
    const late = new Proxy(store, {
      get:
        (_store, step: 'lease') =>
        async (...given: never[]) => {
          // Or its token would set the sibling free.
          if ((step as string) === 'publish') throw new Error('no');
          const result = await (store[step] as (...all: never[]) => unknown)(
            ...given,
          );
          if (step === 'lease') await setTimeout(300);
          isReleased ||= (step as string) === 'release';
          return result;
        },
    });
    const slow = { beat: 10_000, lapse: 30_000 };
    const pod = await fleet.join(late, slow);
    await timed(pod);
    // The late answer, not the lapse of the lease, sets the sibling free.
    await eventually('it is given back', () => isReleased);
    expect(await timed(await fleet.join(store, slow))).toBeLessThan(AT_ONCE);
  });

  it('that throws whatever it likes never makes a token unavailable', async () => {
    const broken = new Proxy(new MemoryTokenStore(), {
      get: (_store, step) =>
        step === 'then'
          ? undefined
          : () => {
              throw new Error(`no ${String(step)}`);
            },
    });
    const pod = await fleet.join(broken);
    expect(await timed(pod)).toBeLessThan(AT_ONCE);
    await nothingLeft();
  });
});
