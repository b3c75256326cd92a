import { randomUUID } from 'node:crypto';
import type { TimedStore } from '../store/timed-store.js';
import { KEPT, LEASE, type LedgerRecord, recordText } from './ledger-record.js';

/** Where a claim stands, and by which version. @internal */
export interface ClaimPlace {
  store: TimedStore;
  key: string;
  version: string;
}

/** The right of one process to call the handlers of a delivery. @internal */
export class DeliveryClaim {
  readonly #handled: Set<string>;
  #version: string;
  #written: Promise<void> = Promise.resolve();
  /** Versions that this claim has written, or has tried to. */
  readonly #tried = new Set<string>();

  /**
   * @param lost where the claim should stand, and perhaps stands: that store did not answer
   */
  constructor(
    private readonly place: ClaimPlace,
    handled: readonly string[],
    private readonly lost?: ClaimPlace,
  ) {
    this.#handled = new Set(handled);
    this.#version = place.version;
  }

  /** Has it succeeded before? */
  hasHandled(handler: string): boolean {
    return this.#handled.has(handler);
  }

  /** It has succeeded now. */
  succeeded(handler: string): void {
    this.#handled.add(handler);
  }

  /** The handlers are still at it. */
  renew(): Promise<void> {
    return this.write('claimed');
  }

  /** The handlers have ended: those that have not succeeded may be called again. */
  async end(): Promise<void> {
    await this.write('open');
    // Nobody waits for a store that is away.
    if (this.lost !== undefined) {
      this.putBack(this.lost).catch(() => undefined);
    }
  }

  /** The store may be back, with the claim or without. */
  private async putBack({ store, key, version }: ClaimPlace): Promise<void> {
    const next = await this.record('open');
    const { swapped, document } = await store.swap(key, version, next);
    if (swapped || document !== undefined) return;
    await store.swap(key, undefined, next);
  }

  /** One after the other: a renewal that is under way would refuse the end. */
  private write(state: LedgerRecord['state']): Promise<void> {
    const written = this.#written.then(() => this.written(state));
    this.#written = written.catch(() => undefined);
    return written;
  }

  /** A claim that lapsed meanwhile is another's; nothing is written over it. */
  private async written(state: LedgerRecord['state']): Promise<void> {
    const { store, key } = this.place;
    for (let version = this.#version; ;) {
      const next = await this.record(state);
      this.#tried.add(next.version);
      const found = await store.swap(key, version, next);
      if (found.swapped) this.#version = next.version;
      // The answer to an earlier write was lost, and it stands there.
      const isOwn =
        found.version !== undefined && this.#tried.has(found.version);
      if (found.swapped || !isOwn) return;
      version = found.version!;
    }
  }

  private async record(state: LedgerRecord['state']) {
    const { store, key } = this.place;
    const until = state === 'claimed' ? (await store.now(key)) + LEASE : 0;
    const document = recordText({ state, until, handled: [...this.#handled] });
    return { document, version: randomUUID(), ttl: KEPT };
  }
}
