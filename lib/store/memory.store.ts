import type {
  KopoKopoStore,
  NextDocument,
  StoredDocument,
  SwapResult,
} from './kopokopo-store.interface.js';

/** Documents that it keeps at the most, about 10 MB. */
const MOST = 20_000;

/** Documents that it forgets at once. */
const AT_ONCE = 1_000;

interface Entry {
  document: string;
  version: string;
  until: number;
}

/**
 * A store for one process: what it keeps ends with it. Beyond 20,000 documents it forgets the thousand
 * that were written first.
 *
 * @publicApi
 */
export class MemoryStore implements KopoKopoStore {
  /** In the order in which they were written. */
  readonly #entries = new Map<string, Entry>();

  async read(key: string): Promise<StoredDocument> {
    return told(this.#live(key));
  }

  async swap(
    key: string,
    expected: string | undefined,
    next: NextDocument | undefined,
  ): Promise<SwapResult> {
    const present = this.#live(key);
    if (present?.version !== expected) {
      return { swapped: false, ...told(present) };
    }
    this.#entries.delete(key);
    if (next === undefined) return { swapped: true, now: Date.now() };
    const { document, version, ttl } = next;
    const entry = { document, version, until: Date.now() + ttl };
    this.#entries.set(key, entry);
    if (this.#entries.size > MOST) this.#forget();
    return { swapped: true, ...told(entry) };
  }

  async close(): Promise<void> {
    this.#entries.clear();
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.until > Date.now()) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  /** Many at once: the first entry of a map is found the slower, the more before it were deleted. */
  #forget(): void {
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MOST - AT_ONCE) return;
      this.#entries.delete(oldest);
    }
  }
}

function told(entry: Entry | undefined): StoredDocument {
  const now = Date.now();
  if (entry === undefined) return { now };
  const { document, version } = entry;
  return { document, version, now };
}
