import { Inject, Injectable, type Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { instanceLogger } from '../config/instance-logger.js';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { StoreKeeper } from '../store/store-keeper.js';
import { MemoryStore } from '../store/memory.store.js';
import { TimedStore } from '../store/timed-store.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import { type ClaimPlace, DeliveryClaim } from './delivery.claim.js';
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
  private readonly store: TimedStore;
  /** Keeps the deliveries of this process apart while the store is away. */
  private readonly standIn: TimedStore;
  private readonly scope: string;
  private isAway = false;

  constructor(
    keeper: StoreKeeper,
    @Inject(KOPOKOPO_OPTIONS) options: ResolvedOptions,
    @Inject(RUNTIME) runtime: Runtime,
  ) {
    const { origin, clientId } = options;
    const wall = (): number => runtime.clock.wall();
    this.store = new TimedStore(keeper.open(), wall);
    this.standIn = new TimedStore(new MemoryStore(), wall);
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
      const claim = await claimAt(place, due);
      if (this.isAway) this.logger.log('The store is back.');
      this.isAway = false;
      return claim;
    } catch (error) {
      this.tellAway(error);
      // Of its own version, too: it may have been put there after all.
      return claimAt({ ...place, store: this.standIn }, due, place);
    }
  }

  /** Events are one by what they are about: each subscription has an id of its own for the same payment. */
  private keyOf({ kind, key, resourceKey }: KopoKopoDelivery): string {
    const meaning = kind === 'webhook' ? resourceKey : key;
    return `kopokopo:1:delivery:${shortHash(`${this.scope}:${meaning}`)}`;
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
  lost?: ClaimPlace,
): Promise<ClaimResult> {
  const { store, key, version } = place;
  let expected: string | undefined;
  let handled: readonly string[] = [];
  for (;;) {
    const until = (await store.now(key)) + LEASE;
    const document = recordText({ state: 'claimed', until, handled });
    const next = { document, version, ttl: KEPT };
    const found = await store.swap(key, expected, next);
    if (found.swapped) return new DeliveryClaim(place, handled, lost);
    const record = recordOf(found.document, found.now);
    if (record?.state === 'claimed' && record.until > found.now) return 'busy';
    expected = found.version;
    handled = record?.handled ?? [];
    if (due.every((id) => handled.includes(id))) return 'done';
  }
}
