import type { OnApplicationShutdown } from '@nestjs/common';
import type { KopoKopoStore } from './kopokopo-store.interface.js';
import { MemoryStore } from './memory.store.js';

/** Work that needs a store, by store: several instances may share one. */
const IN_USE = new WeakMap<KopoKopoStore, Set<Promise<unknown>>>();

/**
 * Has the store of one instance, and closes it on shutdown, when nothing needs it any more.
 *
 * @internal
 */
export class StoreKeeper implements OnApplicationShutdown {
  constructor(private readonly shared: KopoKopoStore | undefined) {}

  /** The store of the options, or a `MemoryStore` of the caller's own: what is kept for one purpose pushes nothing of another out. */
  open(): KopoKopoStore {
    return this.shared ?? new MemoryStore();
  }

  /** The store is not closed before the task has ended. */
  async during<T>(task: () => Promise<T>): Promise<T> {
    const { shared } = this;
    const work = task();
    if (shared === undefined) return work;
    const all = IN_USE.get(shared) ?? new Set();
    IN_USE.set(shared, all.add(work));
    try {
      return await work;
    } finally {
      all.delete(work);
    }
  }

  /** Closing twice does no harm. */
  async onApplicationShutdown(): Promise<void> {
    const { shared } = this;
    if (shared === undefined) return;
    const work = IN_USE.get(shared) ?? new Set();
    while (work.size > 0) await Promise.allSettled(work);
    await shared.close().catch(() => undefined);
  }
}
