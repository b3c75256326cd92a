import { Inject, Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { isKopoKopoError } from '../errors/kopokopo.error.js';
import { KopoKopoTimeoutError } from '../errors/timeout.error.js';
import { withinBudget } from '../http/attempt-budget.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import { revokeAtExit } from './exit-revocation.js';
import { inLanes } from '../time/in-lanes.js';
import { OAuthEndpoint } from './oauth.endpoint.js';
import { TokenEvents } from './token-events.js';
import { TokenLedger } from './token-ledger.js';

/** What became of a number of revocations. @internal */
export interface RevocationReport {
  revoked: number;
  /** Code of what went wrong, one entry for each token that may still live. */
  failures: string[];
}

/** Said in the log of tokens that a process which exits could not revoke. */
const EXITED = 'another shutdown hook failed and the process exits';

/** Revocations under way at once. @internal */
export const AT_ONCE = 8;

/**
 * Gives tokens back, and strikes them off the ledger once the server has taken them.
 *
 * @internal
 */
@Injectable()
export class TokenRevoker {
  constructor(
    private readonly endpoint: OAuthEndpoint,
    private readonly ledger: TokenLedger,
    private readonly events: TokenEvents,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** One token, in at most three attempts. */
  async revoke(
    value: string,
    attemptTimeout: number = this.options.timeout,
  ): Promise<void> {
    try {
      await withinBudget(
        (timeout) => this.endpoint.revokeToken(value, { timeout }),
        { attempts: 3, attemptTimeout, budget: 2 * attemptTimeout },
        this.runtime,
      );
    } catch (error) {
      const code = isKopoKopoError(error) ? error.code : undefined;
      this.events.emit({ type: 'revocation-failed', code });
      throw error;
    }
    this.ledger.settle(value);
    this.events.emit({ type: 'revoked' });
  }

  /**
   * All that this process owes and that is not spared, by `end` (`clock.now()`); what fails stays owed.
   * Never rejects.
   */
  async revokeDebts(
    end: number,
    isSpared?: (value: string) => boolean,
  ): Promise<RevocationReport> {
    const debts = [...this.ledger.takeAll(isSpared)];
    const report: RevocationReport = { revoked: 0, failures: [] };
    await inLanes(debts, AT_ONCE, (debt) => this.settle(debt, end, report));
    return report;
  }

  /** All that this process owes, while the process exits. */
  revokeDebtsAtExit(timeout: number): RevocationReport {
    const values = [...this.ledger.takeAll().keys()];
    if (values.length === 0) return { revoked: 0, failures: [] };
    return revokeAtExit(this.endpoint.revocationOf(values), timeout)
      ? { revoked: values.length, failures: [] }
      : { revoked: 0, failures: values.map(() => EXITED) };
  }

  private async settle(
    [value, deadline]: [string, number],
    end: number,
    report: RevocationReport,
  ): Promise<void> {
    try {
      const left = end - this.runtime.clock.now();
      if (left <= 0) throw new KopoKopoTimeoutError('No time was left.');
      // Half of it, so that one attempt that hangs leaves time for another.
      await this.revoke(value, left / 2);
      report.revoked += 1;
    } catch (error) {
      this.ledger.add(value, deadline);
      report.failures.push(
        isKopoKopoError(error) ? error.code : 'unexpected failure',
      );
    }
  }
}
