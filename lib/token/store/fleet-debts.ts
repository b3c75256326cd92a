import { Inject, Injectable } from '@nestjs/common';
import { isKopoKopoError } from '../../errors/kopokopo.error.js';
import { RUNTIME, type Runtime } from '../../time/runtime.js';
import { inLanes } from '../in-lanes.js';
import { TokenCache } from '../token-cache.js';
import {
  AT_ONCE,
  type RevocationReport,
  TokenRevoker,
} from '../token-revoker.js';
import { FleetLink } from './fleet-link.js';
import { TokenVault } from './token-vault.js';

/**
 * Revokes what stands in the store to be revoked, whoever brought it there.
 *
 * @internal
 */
@Injectable()
export class FleetDebts {
  constructor(
    private readonly link: FleetLink,
    private readonly vault: TokenVault,
    private readonly cache: TokenCache,
    private readonly revoker: TokenRevoker,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** All that is due; what fails stays in the store. Never rejects. */
  async revokeDue(attemptTimeout?: number): Promise<RevocationReport> {
    const report: RevocationReport = { revoked: 0, failures: [] };
    const seenAt = this.runtime.clock.now();
    await inLanes(await this.link.claim(), AT_ONCE, async (entry) => {
      const token = await this.vault.open(entry, seenAt);
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
    return report;
  }
}
