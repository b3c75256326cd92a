import { Inject, Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import type { TokenStoreView } from '../../config/token-store.interface.js';
import { KOPOKOPO_OPTIONS } from '../../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../../time/runtime.js';
import { TokenCache } from '../token-cache.js';
import { TokenEvents } from '../token-events.js';
import { TokenLedger } from '../token-ledger.js';
import type { TokenStatus } from '../token-status.interface.js';
import { FleetDebts } from './fleet-debts.js';
import { FleetLink } from './fleet-link.js';
import { FleetPublisher } from './fleet-publisher.js';
import { TokenVault } from './token-vault.js';

type FleetStatus = Pick<TokenStatus, 'store' | 'members'>;

/**
 * What this process does for the fleet at each beat: says that it lives, takes up the fleet's token or
 * offers its own, revokes what is due.
 *
 * @internal
 */
@Injectable()
export class FleetPulse {
  private cancel: () => void = () => {};
  private stopped = false;
  private told: FleetStatus = { store: 'none' };
  private revoking: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly link: FleetLink,
    private readonly vault: TokenVault,
    private readonly publisher: FleetPublisher,
    private readonly debts: FleetDebts,
    private readonly cache: TokenCache,
    private readonly ledger: TokenLedger,
    private readonly events: TokenEvents,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** Now, and again after each `token.beat`. Never rejects. */
  async beat(): Promise<void> {
    const seenAt = this.runtime.clock.now();
    const view = await this.link.beat();
    if (view !== undefined && !this.stopped) await this.takeUp(view, seenAt);
    if (this.stopped) return;
    this.tell();
    this.cancel = this.runtime.timers.later(
      this.options.token.beat,
      () => void this.beat(),
    );
    // Not waited for: a server that hangs must not stop the beat.
    if (view !== undefined) this.revoking = this.debts.revokeDue();
  }

  stop(): void {
    this.stopped = true;
    this.cancel();
  }

  /** Resolves when what the last beat began to revoke is over. */
  async idle(): Promise<void> {
    await this.revoking;
  }

  /** Whether the store is in use, and by how many. */
  status(): FleetStatus {
    const { state, members } = this.link;
    if (state !== 'in-use') return { store: state };
    const held = this.cache.peek();
    const own = held !== undefined && this.ledger.has(held.value);
    return { store: own ? 'degraded' : 'in-use', members };
  }

  private tell(): void {
    const { store, members } = this.status();
    if (store === this.told.store && members === this.told.members) return;
    this.told = { store, members };
    this.events.emit({ type: 'fleet-changed', store, members });
  }

  private async takeUp(view: TokenStoreView, seenAt: number): Promise<void> {
    await this.compare(view, seenAt);
    await this.publisher.settleDoubts();
  }

  /**
   * A token that the store does not have is offered: one of our own, from when the store was away, or
   * the fleet's, when the store has lost it. Otherwise the fleet's is taken.
   */
  private async compare(view: TokenStoreView, seenAt: number): Promise<void> {
    const held = this.cache.peek();
    const entry = view.token;
    const shared = entry && (await this.vault.open(entry, seenAt));
    if (held === undefined) {
      if (shared !== undefined) this.cache.offer(shared);
      return;
    }
    const isRejected =
      shared !== undefined && this.cache.hasRejected(shared.value);
    // The store was away when it was to hear of it, and would keep this one in place of ours.
    if (isRejected) await this.link.invalidate(shared);
    const isLost =
      entry === undefined ||
      isRejected ||
      (shared === undefined && entry.id === this.vault.idOf(held));
    const mayHaveForgotten = this.link.takeLoss() || isLost;
    if (this.ledger.has(held.value) || isLost) {
      const inUse = await this.publisher.share(held);
      if (inUse !== undefined) this.cache.offer(inUse);
      else this.cache.renew();
    } else if (shared !== undefined) this.cache.offer(shared);
    // A store that was emptied between two steps has not been missed.
    const hasNews = this.publisher.takeNews();
    if (mayHaveForgotten || hasNews) await this.publisher.remind();
  }
}
