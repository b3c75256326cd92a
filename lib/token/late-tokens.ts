import { Injectable } from '@nestjs/common';
import { TokenLedger } from './token-ledger.js';
import { TokenRevoker } from './token-revoker.js';
import { TokenUses } from './token-uses.js';

/**
 * Tokens of calls that are still served after the deadline of a shutdown: each call has its own, and
 * there may be many.
 *
 * @internal
 */
@Injectable()
export class LateTokens {
  constructor(
    private readonly uses: TokenUses,
    private readonly ledger: TokenLedger,
    private readonly revoker: TokenRevoker,
  ) {}

  /** From here on each is revoked as soon as its call has ended. */
  giveBackAtOnce(): void {
    this.uses.wheneverFree((value) => {
      if (!this.ledger.has(value)) return;
      this.revoker.revoke(value).catch(() => {
        // It stays in the ledger and is revoked with the other debts.
      });
    });
  }
}
