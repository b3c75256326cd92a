import { Injectable } from '@nestjs/common';
import { TokenLedger } from './token-ledger.js';
import { TokenRevoker } from './token-revoker.js';
import { TokenUses } from './token-uses.js';

/**
 * Tokens of calls that are still served after the deadline of a shutdown: each call has its own, and
 * there may be many. Each is revoked as soon as its call has ended.
 *
 * @internal
 */
@Injectable()
export class LateTokens {
  /** Value to how often it was handed out. */
  readonly #lent = new Map<string, number>();

  constructor(
    uses: TokenUses,
    private readonly ledger: TokenLedger,
    private readonly revoker: TokenRevoker,
  ) {
    uses.wheneverFree((value) => this.freed(value));
  }

  lent(value: string): void {
    this.#lent.set(value, (this.#lent.get(value) ?? 0) + 1);
  }

  private freed(value: string): void {
    // A server that reuses tokens has given it to somebody else, too.
    if (this.#lent.get(value) !== 1 || !this.ledger.has(value)) return;
    this.#lent.delete(value);
    this.revoker.revoke(value).catch(() => {
      // It stays in the ledger and is revoked with the other debts.
    });
  }
}
