import { Inject, Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import type { TokenStoreView } from '../../config/token-store.interface.js';
import { KOPOKOPO_OPTIONS } from '../../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../../time/runtime.js';
import type { AccessToken } from '../access-token.js';
import { TokenCache } from '../token-cache.js';
import { TokenEvents } from '../token-events.js';
import { TokenLedger } from '../token-ledger.js';
import type { TokenStatus } from '../token-status.interface.js';
import { FleetDebts } from './fleet-debts.js';
import { FleetLink } from './fleet-link.js';
import { FleetPublisher } from './fleet-publisher.js';
import { FleetReminder } from './fleet-reminder.js';
import { FleetTokenSource } from './fleet-token-source.js';
import { TokenVault } from './token-vault.js';

/** Milliseconds until a store that was lost is looked for. */
const PROBE = 1_100;

type FleetStatus = Pick<TokenStatus, 'store' | 'members'>;

/**
 * The beat of this process: it says that it lives, takes up the fleet's token or offers its own, and
 * revokes the tokens that are due.
 *
 * @internal
 */
@Injectable()
export class FleetPulse {
  private cancel: () => void = () => {};
  private stopped = false;
  private busy = false;
  private told: FleetStatus = { store: 'none' };
  private readonly revoking = new Set<Promise<void>>();

  constructor(
    private readonly link: FleetLink,
    private readonly vault: TokenVault,
    private readonly source: FleetTokenSource,
    private readonly publisher: FleetPublisher,
    private readonly reminder: FleetReminder,
    private readonly debts: FleetDebts,
    private readonly cache: TokenCache,
    private readonly ledger: TokenLedger,
    private readonly events: TokenEvents,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** Now, and again after each `token.beat`; sooner while the store is away. Never rejects. */
  async beat(): Promise<void> {
    const seenAt = this.runtime.clock.now();
    // First: whatever takes long must not stop the heart.
    this.beatIn(this.options.token.beat);
    const view = await this.link.beat();
    if (view === undefined) this.probe();
    else await this.upkeep(view, seenAt);
    if (!this.stopped) this.tell();
  }

  /**
   * On the way out: joins once more, so that a store that has lost sight of the fleet hears of it, and
   * gives it back what it may have lost. Nothing where the store is out of reach.
   */
  async last(held: AccessToken | undefined): Promise<true | undefined> {
    const view = await this.link.beat(true);
    if (view === undefined) return undefined;
    const isMissing =
      held !== undefined &&
      !held.isExpired() &&
      view.token?.id !== this.vault.idOf(held);
    if (isMissing && !(await this.publisher.insist(held))) return undefined;
    if (this.link.takeLoss() || isMissing) this.reminder.owe();
    if (this.reminder.isOwed) await this.reminder.remind(true);
    return this.reminder.isOwed ? undefined : true;
  }

  /** On the way out: what this process got for itself and the fleet uses as well is not its own to revoke. */
  async disownShared(): Promise<void> {
    if (this.ledger.size === 0 || this.link.state !== 'in-use') return;
    const seenAt = this.runtime.clock.now();
    const view = await this.link.beat();
    if (view?.token !== undefined) await this.vault.open(view.token, seenAt);
  }

  /** The fleet is to give it back, not this process. */
  isShared(token: AccessToken): boolean {
    return !this.ledger.has(token.value);
  }

  /** The store has just been lost: looks for it before the next beat. */
  watch(): void {
    this.events.stream.subscribe(({ type }) => {
      if (type === 'store-lost') this.probe();
    });
  }

  stop(): void {
    this.stopped = true;
    this.cancel();
  }

  /** Resolves when what the beats have begun to revoke is over. */
  async idle(): Promise<void> {
    await Promise.all(this.revoking);
  }

  /** Whether the store is in use, and by how many. */
  status(): FleetStatus {
    const { state, members } = this.link;
    if (state !== 'in-use') return { store: state };
    const held = this.cache.peek();
    const own = held !== undefined && this.ledger.has(held.value);
    return { store: own ? 'degraded' : 'in-use', members };
  }

  private probe(): void {
    this.beatIn(Math.min(PROBE, this.options.token.beat));
  }

  private beatIn(ms: number): void {
    this.cancel();
    if (this.stopped) return;
    this.cancel = this.runtime.timers.later(ms, () => void this.beat());
  }

  private tell(): void {
    const { store, members } = this.status();
    if (store === this.told.store && members === this.told.members) return;
    this.told = { store, members };
    this.events.emit({ type: 'fleet-changed', store, members });
  }

  private async upkeep(view: TokenStoreView, seenAt: number): Promise<void> {
    if (this.busy || this.stopped) return;
    this.busy = true;
    try {
      await this.takeUp(view, seenAt);
      await this.publisher.settleDoubts();
      // After these: who waits for the lease finds the token.
      if (this.source.isIdle) await this.link.releaseDoubtful();
    } finally {
      this.busy = false;
    }
    if (this.stopped || !this.options.shutdown.revoke) return;
    // Not waited for: a server that hangs must not stop the upkeep.
    void this.revokeDue();
  }

  private async revokeDue(): Promise<void> {
    const revoking = this.debts.revokeDue();
    this.revoking.add(revoking);
    await revoking;
    this.revoking.delete(revoking);
  }

  /**
   * A token that the store does not have is offered: one of our own, from when the store was away, or
   * the fleet's, when the store has lost it. Otherwise the fleet's is taken.
   */
  private async takeUp(view: TokenStoreView, seenAt: number): Promise<void> {
    const held = this.cache.peek();
    const entry = view.token;
    const shared = entry && (await this.vault.open(entry, seenAt));
    if (held === undefined) {
      if (shared !== undefined) this.offer(shared);
      return;
    }
    const isRejected =
      shared !== undefined &&
      (this.cache.hasRejected(shared.value) ||
        this.reminder.remembers(shared.value));
    // The store was away when it was to hear of it, or has come back from an older copy.
    if (isRejected) await this.link.invalidate(shared);
    const isLost =
      entry === undefined ||
      isRejected ||
      (shared === undefined && entry.id === this.vault.idOf(held));
    // Owed from here on: a stop may come before all of it has been said.
    if (this.link.takeLoss() || isLost) this.reminder.owe();
    if (this.ledger.has(held.value) || isLost) {
      const inUse = await this.publisher.share(held);
      if (inUse !== undefined) this.offer(inUse);
      else if (this.cache.peek()?.value === held.value) this.cache.renew();
    } else if (shared !== undefined) this.offer(shared);
    if (this.reminder.isOwed) await this.reminder.remind();
  }

  /** Not one that this process has replaced, meanwhile or ever. */
  private offer(token: AccessToken): void {
    if (!this.reminder.remembers(token.value)) this.cache.offer(token);
  }
}
