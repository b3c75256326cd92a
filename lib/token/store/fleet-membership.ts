import {
  Inject,
  Injectable,
  type Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { instanceLogger } from '../../config/instance-logger.js';
import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import type { TokenStoreView } from '../../config/token-store.interface.js';
import { KOPOKOPO_OPTIONS } from '../../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../../time/runtime.js';
import { TokenCache } from '../token-cache.js';
import { TokenEvents } from '../token-events.js';
import { TokenLedger } from '../token-ledger.js';
import type { RevocationReport } from '../token-revoker.js';
import type { TokenStatus } from '../token-status.interface.js';
import { FleetDebts } from './fleet-debts.js';
import { FleetLink } from './fleet-link.js';
import { FleetPublisher } from './fleet-publisher.js';
import { FleetTokenSource } from './fleet-token-source.js';
import { TokenVault } from './token-vault.js';

/** Milliseconds for which a store that is out of reach is asked on shutdown. */
const PATIENCE = 1_000;

/**
 * This process as a member of the fleet: says that it lives, takes up the fleet's token, revokes
 * what is due, and leaves in good order.
 *
 * @internal
 */
@Injectable()
export class FleetMembership
  implements OnApplicationBootstrap, OnApplicationShutdown
{
  private readonly logger: Logger;
  private cancel: () => void = () => {};
  private left = false;
  private departed = false;
  /** `clock.now()` up to which a store that is out of reach is asked on shutdown. */
  private patience = -Infinity;
  private told: Pick<TokenStatus, 'store' | 'members'> = { store: 'none' };
  private revoking: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly link: FleetLink,
    private readonly vault: TokenVault,
    private readonly source: FleetTokenSource,
    private readonly publisher: FleetPublisher,
    private readonly debts: FleetDebts,
    private readonly cache: TokenCache,
    private readonly ledger: TokenLedger,
    private readonly events: TokenEvents,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    this.logger = instanceLogger(FleetMembership, options);
  }

  onApplicationBootstrap(): void {
    if (this.link.configured) void this.beat();
  }

  /** Where nothing is to be revoked nothing is left either: the siblings see it lapse. */
  async onApplicationShutdown(): Promise<void> {
    if (!this.link.configured || this.options.shutdown.revoke) return;
    await this.withdrawSelf(Infinity);
    await this.link.close();
  }

  /** Whether the store is in use, and by how many. */
  status(): Pick<TokenStatus, 'store' | 'members'> {
    const { state, members } = this.link;
    if (state !== 'in-use') return { store: state };
    const held = this.cache.peek();
    const own = held !== undefined && this.ledger.has(held.value);
    return { store: own ? 'degraded' : 'in-use', members };
  }

  /** The fleet is to stop using a token that is about to be revoked. */
  async withdraw(value: string): Promise<void> {
    if (this.link.configured) await this.link.invalidate(value);
  }

  /** It has been revoked. */
  async settled(value: string): Promise<void> {
    if (this.link.configured) await this.link.settle(this.vault.idOf(value));
  }

  /** From here on nothing is shared any more; what is on its way to the store is waited for. */
  async withdrawSelf(end: number): Promise<void> {
    this.left = true;
    this.cancel();
    this.patience = this.runtime.clock.now() + PATIENCE;
    this.source.leave();
    await this.publisher.leave();
    await this.settleDoubts(end);
  }

  /** Resolves when nothing is fetched for the fleet any more, and the store has said what it has. */
  async led(end: number): Promise<void> {
    await this.source.led();
    await this.settleDoubts(end);
  }

  /** Gives up the membership; the last one out revokes everything. Never rejects. */
  async leave(end: number): Promise<RevocationReport> {
    const nothing: RevocationReport = { revoked: 0, failures: [] };
    if (!this.link.configured || this.departed) return nothing;
    this.departed = true;
    await this.led(end);
    const rest = await this.patiently(() => this.link.leave(), end);
    if (rest === undefined) {
      this.logger.warn(
        'The token store is out of reach on shutdown: a token that is shared through it is left to the other processes, or to the next one that starts.',
      );
    }
    // Out of reach: the end of a shutdown may try again what its deadline could not.
    this.departed = rest !== undefined;
    const isLast = rest?.members === 0;
    const report = isLast
      ? await this.debts.revokeDue(this.options.shutdown.timeout / 3)
      : nothing;
    await this.revoking;
    await this.link.close();
    return report;
  }

  /** What the store may have is not to be revoked under the siblings that use it. */
  private async settleDoubts(end: number): Promise<void> {
    await this.patiently(
      async () => (await this.publisher.settleDoubts(true)) || undefined,
      end,
    );
  }

  /** A store that stumbles just now is asked again: what is not said now is said never. */
  private async patiently<T>(
    step: () => Promise<T | undefined>,
    end: number,
  ): Promise<T | undefined> {
    const { clock, timers } = this.runtime;
    const until = Math.min(end, this.patience);
    for (;;) {
      const answer = await step();
      if (answer !== undefined || clock.now() >= until) return answer;
      await timers.pause(PATIENCE / 10);
    }
  }

  /** Never rejects. */
  private async beat(): Promise<void> {
    const seenAt = this.runtime.clock.now();
    const view = await this.link.beat();
    if (view !== undefined && !this.left) await this.takeUp(view, seenAt);
    if (this.left) return;
    this.tell();
    this.cancel = this.runtime.timers.later(
      this.options.token.beat,
      () => void this.beat(),
    );
    // Not waited for: a server that hangs must not stop the beat.
    if (view !== undefined) this.revoking = this.debts.revokeDue();
  }

  private tell(): void {
    const { store, members } = this.status();
    if (store === this.told.store && members === this.told.members) return;
    this.told = { store, members };
    this.events.emit({ type: 'fleet-changed', store, members });
  }

  /**
   * A token that the store does not have is offered: one of our own, from when the store was away, or
   * the fleet's, when the store has lost it. Otherwise the fleet's is taken.
   */
  private async takeUp(view: TokenStoreView, seenAt: number): Promise<void> {
    await this.compare(view, seenAt);
    await this.publisher.settleDoubts();
  }

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
