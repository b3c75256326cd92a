/**
 * What a get costs while a token is held, beside three floors: a synchronous read, one with a clock read,
 * awaiting one held promise. Each has a loop of its own, so that none spoils the other's inline caches.
 */
import { Site } from '../sites.mjs';
import { median } from '../statistics.mjs';

/** Every so many gets the event loop turns, for all alike. */
const TURN = 1_000;

const turn = () => new Promise((resolve) => setImmediate(resolve));

class Holder {
  token = { value: 'held' };
  expiresAt = Date.now() + 3_600_000;
  promise = Promise.resolve(this.token);
}

/** Keeps the compiler from dropping a read that nobody uses. */
let sink;

const loops = (holder, { get, peek }) => ({
  read: async (count) => {
    for (let index = 1; index <= count; index++) {
      sink = holder.token;
      if (index % TURN === 0) await turn();
    }
  },
  clock: async (count) => {
    for (let index = 1; index <= count; index++) {
      sink = Date.now() < holder.expiresAt ? holder.token : undefined;
      if (index % TURN === 0) await turn();
    }
  },
  held: async (count) => {
    for (let index = 1; index <= count; index++) {
      sink = await holder.promise;
      if (index % TURN === 0) await turn();
    }
  },
  get: async (count) => {
    for (let index = 1; index <= count; index++) {
      sink = await get();
      if (index % TURN === 0) await turn();
    }
  },
  ...(peek && {
    peek: async (count) => {
      for (let index = 1; index <= count; index++) {
        sink = peek();
        if (index % TURN === 0) await turn();
      }
    },
  }),
});

export async function work({ peer, gate, options: { rounds, slice } }) {
  const site = await Site.open();
  const subject = await peer.open(site);
  await subject.get();
  const all = Object.entries(loops(new Holder(), subject));
  await gate();
  const contestants = [];
  for (const [name, loop] of all) {
    contestants.push({ name, loop, count: await fitting(loop, slice), ns: [] });
  }
  for (let round = 0; round < rounds; round++) {
    await gate();
    for (const index of contestants.keys()) {
      const one = contestants[(index + round) % contestants.length];
      one.ns.push(await timed(one));
    }
  }
  const heap = peer.caches ? await growth(contestants, gate, slice) : undefined;
  if (sink === undefined) throw new Error('no token was read');
  return {
    ns: Object.fromEntries(
      contestants.map(({ name, ns }) => [name, median(ns)]),
    ),
    ratios: ratios(contestants),
    heap,
  };
}

/** How many gets take about `slice` milliseconds, once compiled. */
async function fitting(loop, slice) {
  let count = 1;
  for (;;) {
    const took = (await timed({ loop, count })) * count * 1e-6;
    if (took >= slice / 2) return Math.ceil(count * (slice / took));
    count = Math.ceil(count * Math.min(8, Math.max(2, slice / took)));
  }
}

/** Nanoseconds for one get. */
async function timed({ loop, count }) {
  const start = process.hrtime.bigint();
  await loop(count);
  return Number(process.hrtime.bigint() - start) / count;
}

/** Medians of the ratios within a round: what disturbs a round disturbs both sides. */
function ratios(contestants) {
  const ns = Object.fromEntries(contestants.map((one) => [one.name, one.ns]));
  const over = (above, below) =>
    ns[above] && median(ns[above].map((value, i) => value / ns[below][i]));
  return { get: over('get', 'held'), peek: over('peek', 'clock') };
}

/** Fewer gets than this tell nothing of a million. */
const FEWEST = 100_000;

/** Bytes of heap after a million gets, the median of three looks. */
async function growth(contestants, gate, slice) {
  const { loop, count } = contestants.find(({ name }) => name === 'get');
  const gets = Math.min(1_000_000, Math.ceil(count * (600 / slice)));
  if (gets < FEWEST) return undefined;
  await gate();
  await loop(gets);
  const looks = [];
  for (let look = 0; look < 3; look++) {
    const before = await settledHeap();
    await loop(gets);
    looks.push((((await settledHeap()) - before) / gets) * 1_000_000);
  }
  return median(looks);
}

async function settledHeap() {
  for (let time = 0; time < 3; time++) {
    await turn();
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}
