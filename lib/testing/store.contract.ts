import { deepEqual, equal, ok } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type {
  KopoKopoStore,
  NextDocument,
} from '../store/kopokopo-store.interface.js';

/**
 * One promise that every `KopoKopoStore` keeps.
 *
 * @publicApi
 */
export interface StoreContractTest {
  /** The promise, as the name of a test. */
  readonly name: string;
  /**
   * Tries it on a store, under keys of its own, and closes it.
   *
   * @throws AssertionError where the store does not keep it
   */
  run(makeStore: () => KopoKopoStore | Promise<KopoKopoStore>): Promise<void>;
}

/** Milliseconds: longer than a test takes, and soon over. */
const LONG = 60_000;
const SHORT = 150;

/** How many want one document at once. */
const RIVALS = 20;

type Promised = (store: KopoKopoStore, key: string) => Promise<void>;

const next = (document: string, ttl = LONG): NextDocument => ({
  document,
  version: randomUUID(),
  ttl,
});

const PROMISES: Readonly<Record<string, Promised>> = {
  'a key under which nothing was written has no document, and the store tells its time':
    async (store, key) => {
      const { now, ...rest } = await store.read(key);
      deepEqual(rest, {});
      ok(Number.isFinite(now));
    },
  'a document that was written is read, whatever its text': async (
    store,
    key,
  ) => {
    const texts = [
      '{}',
      'café <ok> \u{1F600}',
      ' \r\n\t',
      '"',
      'x'.repeat(1e5),
    ];
    for (const [index, text] of texts.entries()) {
      const written = next(text);
      const { swapped } = await store.swap(key + index, undefined, written);
      equal(swapped, true);
      const { document, version } = await store.read(key + index);
      deepEqual([document, version], [text, written.version]);
    }
  },
  'a swap that expects nothing is refused where a document stands, and gives it':
    async (store, key) => {
      const first = next('first');
      await store.swap(key, undefined, first);
      const refused = await store.swap(key, undefined, next('second'));
      equal(refused.swapped, false);
      deepEqual([refused.document, refused.version], ['first', first.version]);
      equal((await store.read(key)).document, 'first');
    },
  'a swap that expects the version that stands there replaces it': async (
    store,
    key,
  ) => {
    const [first, second] = [next('first'), next('second')];
    await store.swap(key, undefined, first);
    equal((await store.swap(key, first.version, second)).swapped, true);
    equal((await store.read(key)).version, second.version);
  },
  'a swap that expects another version is refused, also where the text is the same':
    async (store, key) => {
      const [first, second] = [next('same'), next('same')];
      await store.swap(key, undefined, first);
      await store.swap(key, first.version, second);
      const refused = await store.swap(key, first.version, next('late'));
      equal(refused.swapped, false);
      equal(refused.version, second.version);
    },
  'a swap that expects a document is refused where there is none': async (
    store,
    key,
  ) => {
    const refused = await store.swap(key, randomUUID(), next('late'));
    equal(refused.swapped, false);
    equal(refused.document, undefined);
    equal((await store.read(key)).document, undefined);
  },
  'a swap for nothing deletes the document': async (store, key) => {
    const first = next('first');
    await store.swap(key, undefined, first);
    equal((await store.swap(key, first.version, undefined)).swapped, true);
    equal((await store.read(key)).document, undefined);
    equal((await store.swap(key, undefined, next('again'))).swapped, true);
  },
  'a document is forgotten after its time to live, which each swap sets anew':
    async (store, key) => {
      const [first, second] = [next('first', SHORT), next('second', LONG)];
      await store.swap(key, undefined, first);
      await store.swap(`${key}b`, undefined, { ...first, version: 'b' });
      await store.swap(`${key}b`, 'b', second);
      await setTimeout(2 * SHORT);
      equal((await store.read(key)).document, undefined);
      equal((await store.read(`${key}b`)).document, 'second');
      const late = await store.swap(key, first.version, next('late'));
      equal(late.swapped, false);
    },
  'of many that want one document at once exactly one has it': async (
    store,
    key,
  ) => {
    const results = await Promise.all(
      Array.from({ length: RIVALS }, (_, index) =>
        store.swap(key, undefined, next(String(index))),
      ),
    );
    const winners = results.filter(({ swapped }) => swapped);
    equal(winners.length, 1);
    const { document } = await store.read(key);
    ok(results.every((one) => one.document === document));
  },
  'keys do not mix': async (store, key) => {
    await store.swap(key, undefined, next('one'));
    await store.swap(`${key}:other`, undefined, next('other'));
    equal((await store.read(key)).document, 'one');
    equal((await store.read(`${key}:other`)).document, 'other');
  },
  'its time goes forward': async (store, key) => {
    const before = await store.read(key);
    await setTimeout(20);
    const { now } = await store.swap(key, undefined, next('later'));
    ok(now - before.now >= 10 && now - before.now < LONG);
  },
};

/**
 * The promises of a `store`, as a list of tests for any runner. They take about a second.
 *
 * @example
 * ```ts
 * it.each(storeContract())('$name', ({ run }) => run(() => new MyStore()));
 * ```
 * @publicApi
 */
export function storeContract(): StoreContractTest[] {
  return Object.entries(PROMISES).map(([name, keep]) => ({
    name,
    run: async (makeStore) => {
      const store = await makeStore();
      try {
        await keep(store, `kopokopo:1:contract:${randomUUID()}`);
      } finally {
        await store.close();
      }
    },
  }));
}
