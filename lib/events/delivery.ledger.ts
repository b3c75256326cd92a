import { Inject, Injectable, type Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { instanceLogger } from '../config/instance-logger.js';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import type { KopoKopoStore } from '../store/kopokopo-store.interface.js';
import { StoreKeeper } from '../store/store-keeper.js';
import { MemoryStore } from '../store/memory.store.js';
import { storeStep } from '../store/store-step.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import {
  type ClaimPlace,
  DeliveryClaim,
  type LeaseEnd,
} from './delivery.claim.js';
import { shortHash } from '../values/short-hash.js';
import type { KopoKopoDelivery } from './delivery.types.js';
import { KEPT, LEASE, recordOf, recordText } from './ledger-record.js';

/** This process has the delivery, or why it has not. @internal */
export type ClaimResult = DeliveryClaim | 'done' | 'busy';

/**
 * The record of each delivery, claimed by one process at a time, so that each is handled once. A record holds
 * names of handlers and nothing of the delivery. While the store is away, deliveries are handled all
 * the same: a payment lost is worse than one handled twice.
 *
 * @internal
 */
@Injectable()
export class DeliveryLedger {
  private readonly logger: Logger;
  private readonly store: KopoKopoStore;
  /** Keeps the deliveries of this process apart while the store is away. */
  private readonly standIn = new MemoryStore();
  private readonly scope: string;
  /** Milliseconds by which the store's clock is ahead, once it is known. */
  private skew: number | undefined;
  private isAway = false;

  constructor(
    keeper: StoreKeeper,
    @Inject(KOPOKOPO_OPTIONS) options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    const { origin, clientId } = options;
    this.store = keeper.open();
    this.scope = shortHash(JSON.stringify([origin, clientId]));
    this.logger = instanceLogger('Webhooks', options);
  }

  /**
   * One step where the delivery is new. It is done where all handlers that are `due` have succeeded: another
   * app on the same store may have others. Never rejects.
   */
  async claim(
    delivery: KopoKopoDelivery,
    due: readonly string[],
  ): Promise<ClaimResult> {
    const { store } = this;
    const place = { store, key: this.keyOf(delivery), version: randomUUID() };
    try {
      const lease = await this.leaseOf(place.key);
      const claim = await claimAt(place, due, lease);
      if (this.isAway) this.logger.log('The store is back.');
      this.isAway = false;
      return claim;
    } catch (error) {
      this.tellAway(error);
      // Of its own version, too: it may have been put there after all.
      const lease = () => Date.now() + LEASE;
      return claimAt({ ...place, store: this.standIn }, due, lease, place);
    }
  }

  /** Events are one by what they are about: each subscription has an id of its own for the same payment. */
  private keyOf({ kind, key, resourceKey }: KopoKopoDelivery): string {
    const meaning = kind === 'webhook' ? resourceKey : key;
    return `kopokopo:1:delivery:${shortHash(`${this.scope}:${meaning}`)}`;
  }

  /** Asked for once: clocks of machines differ, and a claim lapses by the store's. */
  private async leaseOf(key: string): Promise<LeaseEnd> {
    const { clock } = this.runtime;
    if (this.skew === undefined) {
      const { now } = await storeStep(this.store.read(key));
      this.skew = now - clock.wall();
    }
    const { skew } = this;
    return () => clock.wall() + skew + LEASE;
  }

  private tellAway(error: unknown): void {
    if (!this.isAway) {
      const { code } = { ...(error as { code?: unknown } | null) };
      const why = typeof code === 'string' ? ` (${code})` : '';
      this.logger.warn(
        `The store is out of reach${why}: deliveries are handled all the same, those that come twice perhaps twice.`,
      );
    }
    this.isAway = true;
  }
}

async function claimAt(
  place: ClaimPlace,
  due: readonly string[],
  lease: LeaseEnd,
  lost?: ClaimPlace,
): Promise<ClaimResult> {
  const { store, key, version } = place;
  let expected: string | undefined;
  let handled: readonly string[] = [];
  for (;;) {
    const until = lease();
    const document = recordText({ state: 'claimed', until, handled });
    const next = { document, version, ttl: KEPT };
    const found = await storeStep(store.swap(key, expected, next));
    if (found.swapped) return new DeliveryClaim(place, handled, lease, lost);
    const record = recordOf(found.document, found.now);
    if (record?.state === 'claimed' && record.until > found.now) return 'busy';
    expected = found.version;
    handled = record?.handled ?? [];
    if (due.every((id) => handled.includes(id))) return 'done';
  }
}
