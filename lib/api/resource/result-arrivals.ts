import type { BeforeApplicationShutdown } from '@nestjs/common';

/**
 * Tells those who wait for a result that it has come, or that the app shuts down.
 *
 * @internal
 */
export class ResultArrivals implements BeforeApplicationShutdown {
  isClosed = false;
  private readonly waiting = new Map<string, Set<() => void>>();

  /** @param key `{type}:{id}` */
  arrived(key: string): void {
    for (const wake of this.waiting.get(key) ?? []) wake();
  }

  /** Nobody waits for minutes in an app that ends. */
  beforeApplicationShutdown(): void {
    this.isClosed = true;
    for (const those of this.waiting.values()) {
      for (const wake of those) wake();
    }
  }

  /** Calls `wake` each time, until what is given back is called. */
  on(key: string, wake: () => void): () => void {
    const those = this.waiting.get(key) ?? new Set();
    this.waiting.set(key, those.add(wake));
    return () => {
      those.delete(wake);
      if (those.size === 0) this.waiting.delete(key);
    };
  }
}
