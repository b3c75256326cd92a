import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import { TokenCache } from './token-cache.js';
import { TokenMinter } from './token-minter.js';
import { type RevocationReport, TokenRevoker } from './token-revoker.js';

/** Share of the time limit that is kept for revoking what a request in flight still brings. */
const RESERVE = 0.2;

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
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** `final`: nothing is minted any more afterwards. */
  async settle({ final }: { final: boolean }): Promise<void> {
    this.cache.close();
    const { timeout } = this.options.shutdown;
    const end = this.runtime.clock.now() + timeout;
    const [held, late] = await Promise.all([
      this.revoker.revokeDebts(end),
      this.requestsEnded(timeout * (1 - RESERVE)).then(() => {
        if (final) this.minter.close();
        return this.revoker.revokeDebts(end);
      }),
    ]);
    this.report({
      revoked: held.revoked + late.revoked,
      failures: [...held.failures, ...late.failures],
    });
  }

  private async requestsEnded(limit: number): Promise<void> {
    const waited = new AbortController();
    const tooLong = this.runtime.timers
      .pause(limit, waited.signal)
      .then(() => waited.signal.aborted || this.minter.abort());
    await Promise.race([this.minter.idle(), tooLong]);
    waited.abort();
    // What was aborted ends within a turn.
    await this.minter.idle();
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
