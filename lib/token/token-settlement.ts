import { Inject, Injectable, type Logger } from '@nestjs/common';
import { instanceLogger } from '../config/instance-logger.js';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import { FleetMembership } from './store/fleet-membership.js';
import { CallsAtShutdown } from './calls-at-shutdown.js';
import { TokenCache } from './token-cache.js';
import { TokenMinter } from './token-minter.js';
import { TokenRetirement } from './token-retirement.js';
import { type RevocationReport, TokenRevoker } from './token-revoker.js';

/** Share of the time limit for which calls that are under way are waited for; the rest is for revoking. */
const CALLS_SHARE = 0.7;

/** Share of the time left for revoking that is kept for what a token request in flight still brings. */
const RESERVE = 0.2;

/** Share of the time limit after which everything should be over; the rest is for saying so. */
const WORKING_SHARE = 0.9;

const LATE = 'given up, shutdown.timeout was over';

/**
 * Settles what this process owes: waits for calls under way, forgets the cached token, waits for token
 * requests in flight, revokes everything, logs how it went. Never rejects, never takes longer than
 * `shutdown.timeout`.
 *
 * @internal
 */
@Injectable()
export class TokenSettlement {
  private readonly logger: Logger;

  constructor(
    private readonly calls: CallsAtShutdown,
    private readonly cache: TokenCache,
    private readonly minter: TokenMinter,
    private readonly revoker: TokenRevoker,
    private readonly retirement: TokenRetirement,
    private readonly fleet: FleetMembership,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    this.logger = instanceLogger('Shutdown', options);
  }

  /** `final`: nothing is minted any more afterwards. */
  async settle({ final }: { final: boolean }): Promise<void> {
    const { timeout, revoke } = this.options.shutdown;
    if (!revoke) {
      await this.calls.finish(timeout);
      this.cache.stopRenewing();
      return;
    }
    const end = this.runtime.clock.now() + timeout * WORKING_SHARE;
    const over = new AbortController();
    const givenUp = this.runtime.timers.pause(timeout, over.signal).then(() => {
      if (!over.signal.aborted) this.report({ revoked: 0, failures: [LATE] });
    });
    await Promise.race([this.settleBy(end, final), givenUp]);
    over.abort();
  }

  /** What this process still owes when nothing asynchronous runs any more. */
  settleAtExit(): void {
    this.calls.giveUpAtExit();
    if (!this.options.shutdown.revoke) return;
    const { revoked, failures } = this.revoker.revokeDebtsAtExit(
      this.options.shutdown.timeout,
    );
    this.report({ revoked, failures });
  }

  private async settleBy(end: number, final: boolean): Promise<void> {
    const patience = this.options.shutdown.timeout * CALLS_SHARE;
    if (final) await this.calls.finish(patience);
    const last = this.cache.peek();
    this.cache.close();
    this.retirement.stop();
    // Past the deadline requests are still served: those that have begun keep their token.
    if (!final) await this.calls.freeTokens(patience);
    const limit = (end - this.runtime.clock.now()) * (1 - RESERVE);
    // First, so that no token is on its way to the store while it is settled here.
    await this.fleet.withdrawSelf(end, last);
    // The one that calls share from here on is revoked when they have ended.
    const isSpared = (value: string): boolean =>
      !final && this.cache.peek()?.value === value;
    const [held, shared, late] = await Promise.all([
      this.revoker.revokeDebts(end, isSpared),
      this.fleet.leave(end),
      (final ? this.minter.close(limit) : this.minter.idle(limit))
        // What was minted for the fleet is the fleet's once the store has it.
        .then(() => this.fleet.led(end))
        // What came meanwhile is handed out no more.
        .then(() => final && this.cache.close())
        .then(() => this.revoker.revokeDebts(end, isSpared)),
    ]);
    this.report({
      revoked: held.revoked + shared.revoked + late.revoked,
      failures: [...held.failures, ...shared.failures, ...late.failures],
    });
  }

  private report({ revoked, failures }: RevocationReport): void {
    if (revoked > 0) {
      this.logger.log(`Revoked ${tokens(revoked)} on shutdown.`);
    }
    if (failures.length > 0) {
      const codes = [...new Set(failures)].join(', ');
      this.logger.warn(
        `Could not revoke ${tokens(failures.length)} on shutdown (${codes}): alive on the server until it expires.`,
      );
    }
  }
}

function tokens(count: number): string {
  return count === 1 ? '1 access token' : `${count} access tokens`;
}
