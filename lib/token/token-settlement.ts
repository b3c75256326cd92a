import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import { FleetMembership } from './store/fleet-membership.js';
import type { AccessToken } from './access-token.js';
import { TokenCache } from './token-cache.js';
import { TokenMinter } from './token-minter.js';
import { TokenRetirement } from './token-retirement.js';
import { type RevocationReport, TokenRevoker } from './token-revoker.js';

/** Share of the time limit that is kept for revoking what a request in flight still brings. */
const RESERVE = 0.2;

/** Share of the time limit after which everything should be over; the rest is for saying so. */
const WORKING_SHARE = 0.9;

const LATE = 'given up, shutdown.timeout was over';

/**
 * Settles what this process owes: forgets the cached token, waits for requests in flight, revokes
 * everything, logs how it went. Never rejects, never takes longer than `shutdown.timeout`.
 *
 * @internal
 */
@Injectable()
export class TokenSettlement {
  private readonly logger = new Logger(TokenSettlement.name);

  constructor(
    private readonly cache: TokenCache,
    private readonly minter: TokenMinter,
    private readonly revoker: TokenRevoker,
    private readonly retirement: TokenRetirement,
    private readonly fleet: FleetMembership,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** `final`: nothing is minted any more afterwards. */
  async settle({ final }: { final: boolean }): Promise<void> {
    const last = this.cache.peek();
    this.cache.close();
    this.retirement.stop();
    const { timeout } = this.options.shutdown;
    const end = this.runtime.clock.now() + timeout * WORKING_SHARE;
    const over = new AbortController();
    const givenUp = this.runtime.timers.pause(timeout, over.signal).then(() => {
      if (!over.signal.aborted) this.report({ revoked: 0, failures: [LATE] });
    });
    await Promise.race([this.settleBy(end, final, last), givenUp]);
    over.abort();
  }

  private async settleBy(
    end: number,
    final: boolean,
    last: AccessToken | undefined,
  ): Promise<void> {
    const limit = this.options.shutdown.timeout * (1 - RESERVE);
    // First, so that no token is on its way to the store while it is settled here.
    await this.fleet.withdrawSelf(end, last);
    const [held, shared, late] = await Promise.all([
      this.revoker.revokeDebts(end),
      this.fleet.leave(end),
      (final ? this.minter.close(limit) : this.minter.idle(limit))
        // What was minted for the fleet is the fleet's once the store has it.
        .then(() => this.fleet.led(end))
        .then(() => this.revoker.revokeDebts(end)),
    ]);
    this.report({
      revoked: held.revoked + shared.revoked + late.revoked,
      failures: [...held.failures, ...shared.failures, ...late.failures],
    });
  }

  private report({ revoked, failures }: RevocationReport): void {
    const { name } = this.options;
    const whose = name === undefined ? '' : ` of "${name}"`;
    if (revoked > 0) {
      this.logger.log(`Revoked ${tokens(revoked)}${whose} on shutdown.`);
    }
    if (failures.length > 0) {
      const codes = [...new Set(failures)].join(', ');
      this.logger.warn(
        `Could not revoke ${tokens(failures.length)}${whose} on shutdown (${codes}): alive on the server until it expires.`,
      );
    }
  }
}

function tokens(count: number): string {
  return count === 1 ? '1 access token' : `${count} access tokens`;
}
