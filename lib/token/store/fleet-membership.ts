import {
  Inject,
  Injectable,
  type Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { instanceLogger } from '../../config/instance-logger.js';
import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import { isKopoKopoError } from '../../errors/kopokopo.error.js';
import { KOPOKOPO_OPTIONS } from '../../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../../time/runtime.js';
import { inLanes } from '../in-lanes.js';
import { TokenCache } from '../token-cache.js';
import { TokenLedger } from '../token-ledger.js';
import type { TokenStatus } from '../token-status.interface.js';
import {
  AT_ONCE,
  type RevocationReport,
  TokenRevoker,
} from '../token-revoker.js';
import { FleetLink } from './fleet-link.js';
import { FleetTokenSource } from './fleet-token-source.js';
import type { TokenStoreView } from '../../config/token-store.interface.js';

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
  private revoking: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly link: FleetLink,
    private readonly source: FleetTokenSource,
    private readonly cache: TokenCache,
    private readonly ledger: TokenLedger,
    private readonly revoker: TokenRevoker,
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
    await this.withdrawSelf();
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
    if (this.link.configured) await this.link.settle(this.link.idOf(value));
  }

  /** From here on nothing is shared any more; what is on its way to the store is waited for. */
  async withdrawSelf(): Promise<void> {
    this.left = true;
    this.cancel();
    await this.source.leave();
  }

  /** Resolves when nothing is fetched for the fleet any more. */
  led(): Promise<void> {
    return this.source.led();
  }

  /** Gives up the membership; the last one out revokes everything. Never rejects. */
  async leave(end: number): Promise<RevocationReport> {
    const report: RevocationReport = { revoked: 0, failures: [] };
    if (!this.link.configured || this.departed) return report;
    this.departed = true;
    await this.source.led();
    const rest = await this.leaveStore(end);
    // Out of reach: the end of a shutdown may try again what its deadline could not.
    this.departed = rest !== undefined;
    if (rest?.members === 0) {
      await this.revokeDue(report, this.options.shutdown.timeout / 3);
    }
    await this.revoking;
    await this.link.close();
    return report;
  }

  /** A store that stumbles just now is asked again: what is not left now lives on. */
  private async leaveStore(
    end: number,
  ): Promise<{ members: number } | undefined> {
    const { clock, timers } = this.runtime;
    const until = Math.min(end, clock.now() + PATIENCE);
    for (;;) {
      const rest = await this.link.leave();
      if (rest !== undefined) return rest;
      if (clock.now() >= until) break;
      await timers.pause(PATIENCE / 10);
    }
    this.logger.warn(
      'The token store is out of reach on shutdown: a token that is shared through it is left to the other processes, or to the next one that starts.',
    );
    return undefined;
  }

  /** Never rejects. */
  private async beat(): Promise<void> {
    const seenAt = this.runtime.clock.now();
    const view = await this.link.beat();
    if (view !== undefined && !this.left) await this.takeUp(view, seenAt);
    if (this.left) return;
    this.cancel = this.runtime.timers.later(
      this.options.token.beat,
      () => void this.beat(),
    );
    // Not waited for: a server that hangs must not stop the beat.
    if (view !== undefined) {
      this.revoking = this.revokeDue({ revoked: 0, failures: [] });
    }
  }

  /**
   * A token that the store does not have is offered: one of our own, from when the store was away, or
   * the fleet's, when the store has lost it. Otherwise the fleet's is taken.
   */
  private async takeUp(view: TokenStoreView, seenAt: number): Promise<void> {
    const held = this.cache.peek();
    const entry = view.token;
    const shared = entry && (await this.link.open(entry, seenAt));
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
      (shared === undefined && entry.id === this.link.idOf(held));
    const mayHaveForgotten = this.link.takeLoss() || isLost;
    if (this.ledger.has(held.value) || isLost) {
      const inUse = await this.source.share(held);
      if (inUse !== undefined) this.cache.offer(inUse);
      else this.cache.renew();
    } else if (shared !== undefined) this.cache.offer(shared);
    // A store that was emptied between two steps has not been missed.
    const hasNews = this.source.takeNews();
    if (mayHaveForgotten || hasNews) await this.source.remind();
  }

  private async revokeDue(
    report: RevocationReport,
    attemptTimeout?: number,
  ): Promise<void> {
    const seenAt = this.runtime.clock.now();
    await inLanes(await this.link.claim(), AT_ONCE, async (entry) => {
      const token = await this.link.open(entry, seenAt);
      // What can't be opened can't be revoked: it stays until it expires.
      if (token === undefined) return;
      // A sibling with another secret could not read it and replaced it; here it is in use.
      if (this.cache.peek()?.value === token.value) return;
      try {
        await this.revoker.revoke(token.value, attemptTimeout);
        await this.link.settle(entry.id);
        report.revoked += 1;
      } catch (error) {
        // The claim lapses, and the next one who looks tries again.
        report.failures.push(
          isKopoKopoError(error) ? error.code : 'unexpected failure',
        );
      }
    });
  }
}
