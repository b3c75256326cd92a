import {
  Inject,
  Injectable,
  type Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { instanceLogger } from '../../config/instance-logger.js';
import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import { KOPOKOPO_OPTIONS } from '../../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../../time/runtime.js';
import type { AccessToken } from '../access-token.js';
import type { RevocationReport } from '../token-revoker.js';
import type { TokenStatus } from '../token-status.interface.js';
import { FleetDebts } from './fleet-debts.js';
import { FleetLink } from './fleet-link.js';
import { FleetPublisher } from './fleet-publisher.js';
import { FleetPulse } from './fleet-pulse.js';
import { FleetReminder } from './fleet-reminder.js';
import { FleetTokenSource } from './fleet-token-source.js';
import { TokenVault } from './token-vault.js';

/** Milliseconds for which a store that is out of reach is asked on shutdown. */
const PATIENCE = 1_000;

/**
 * This process as a member of the fleet: joins it, takes tokens back from it, and leaves it in good
 * order.
 *
 * @internal
 */
@Injectable()
export class FleetMembership
  implements OnApplicationBootstrap, OnApplicationShutdown
{
  private readonly logger: Logger;
  /** The fleet's token, as far as this process knew. */
  private held: AccessToken | undefined;
  private departed = false;
  private closed = false;
  private warned = false;
  /** `clock.now()` up to which a store that is out of reach is asked on shutdown. */
  private patience = -Infinity;

  constructor(
    private readonly link: FleetLink,
    private readonly vault: TokenVault,
    private readonly source: FleetTokenSource,
    private readonly publisher: FleetPublisher,
    private readonly reminder: FleetReminder,
    private readonly debts: FleetDebts,
    private readonly pulse: FleetPulse,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    this.logger = instanceLogger('Store', options);
  }

  onApplicationBootstrap(): void {
    if (!this.link.configured) return;
    this.pulse.watch();
    void this.pulse.beat();
  }

  /** Where nothing is to be revoked nothing is left either: the siblings see it lapse. */
  async onApplicationShutdown(): Promise<void> {
    if (!this.link.configured || this.options.shutdown.revoke) return;
    await this.withdrawSelf(Infinity);
    await this.close();
    // A token that is on its way opens the connection again.
    void this.led(Infinity).then(() => this.close());
  }

  /** Whether the store is in use, and by how many. */
  status(): Pick<TokenStatus, 'store' | 'members'> {
    return this.pulse.status();
  }

  /** The fleet is to stop using a token that is about to be revoked. */
  withdraw(value: string): Promise<void> {
    return this.tellStore(() => this.link.invalidate(value));
  }

  /** It has been revoked. */
  settled(value: string): Promise<void> {
    return this.tellStore(() => this.link.settle(this.vault.idOf(value)));
  }

  /**
   * From here on nothing is shared any more; what is on its way to the store is waited for. `held` was
   * used up to now.
   */
  async withdrawSelf(end: number, held?: AccessToken): Promise<void> {
    this.pulse.stop();
    // The rest of the time is for revoking.
    const patience = Math.min(PATIENCE, this.options.shutdown.timeout / 3);
    this.patience = this.runtime.clock.now() + patience;
    this.source.leave();
    this.reminder.leave();
    await this.publisher.leave();
    await this.settleDoubts(end);
    if (this.link.configured && !this.departed) await this.pulse.disownShared();
    if (held !== undefined && this.pulse.isShared(held)) this.held = held;
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
    await this.patiently(() => this.pulse.last(this.held), end);
    const rest = await this.patiently(() => this.link.leave(), end);
    if (rest === undefined && this.link.hasAnswered && !this.warned) {
      this.warned = true;
      this.logger.warn(
        'The token store is out of reach on shutdown: a token that is shared through it is left to the other processes, or to the next one that starts.',
      );
    }
    // Out of reach: the end of a shutdown may try again what its deadline could not.
    this.departed = rest !== undefined;
    if (rest !== undefined && this.held !== undefined) {
      this.tellOthers(rest.members);
    }
    const report = rest?.members === 0 ? await this.revokeLast(end) : nothing;
    await this.pulse.idle();
    await this.close();
    return report;
  }

  private tellOthers(count: number): void {
    if (count === 0) return;
    const others = count === 1 ? '1 other process' : `${count} other processes`;
    this.logger.log(`Left the shared access token to ${others}.`);
  }

  private async revokeLast(end: number): Promise<RevocationReport> {
    const report = await this.patiently(() => this.debts.revokeLast(), end);
    if (report !== undefined) return report;
    return this.held === undefined
      ? { revoked: 0, failures: [] }
      : this.debts.revokeHeld(this.held);
  }

  private async close(): Promise<void> {
    this.closed = true;
    await this.link.close();
  }

  /** Who still has something to say after the last step leaves no connection open either. */
  private async tellStore(step: () => Promise<unknown>): Promise<void> {
    if (!this.link.configured) return;
    await step();
    if (this.closed) await this.link.close();
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
}
