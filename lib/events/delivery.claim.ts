import { randomUUID } from 'node:crypto';
import type { KopoKopoStore } from '../store/kopokopo-store.interface.js';
import { storeStep } from '../store/store-step.js';
import { KEPT, type LedgerRecord, recordText } from './ledger-record.js';

/** Where a claim stands, and by which version. @internal */
export interface ClaimPlace {
  store: KopoKopoStore;
  key: string;
  version: string;
}

/** Tells when a claim lapses that is made now. @internal */
export type LeaseEnd = () => number;

/** The right of one process to call the handlers of a delivery. @internal */
export class DeliveryClaim {
  readonly #handled: Set<string>;
  #version: string;

  /**
   * @param lease when a claim lapses that is made now, by the store's clock
   * @param lost where the claim should stand, and perhaps stands: that store did not answer
   */
  constructor(
    private readonly place: ClaimPlace,
    handled: readonly string[],
    private readonly lease: LeaseEnd,
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
  async renew(): Promise<void> {
    await this.write('claimed');
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
    const next = this.record('open');
    const { swapped, document } = await storeStep(
      store.swap(key, version, next),
    );
    if (swapped || document !== undefined) return;
    await storeStep(store.swap(key, undefined, next));
  }

  /** A claim that lapsed meanwhile is another's; nothing is written over it. */
  private async write(state: LedgerRecord['state']): Promise<void> {
    const next = this.record(state);
    const { store, key } = this.place;
    const { swapped } = await storeStep(store.swap(key, this.#version, next));
    if (swapped) this.#version = next.version;
  }

  private record(state: LedgerRecord['state']) {
    const until = state === 'claimed' ? this.lease() : 0;
    const document = recordText({ state, until, handled: [...this.#handled] });
    return { document, version: randomUUID(), ttl: KEPT };
  }
}
