import { Injectable } from '@nestjs/common';
import type { AccessToken } from './access-token.js';
import { TokenRevoker } from './token-revoker.js';
import { TokenUses } from './token-uses.js';

interface LateToken {
  /** How often it was handed out and no call has begun with it since. */
  idle: number;
  /** Takes it out of the cache. */
  drop: () => void;
}

/**
 * Tokens that were handed out after the deadline of a shutdown. All calls that are still served share one;
 * it is revoked when the last of them has ended, unless somebody has it for calls of their own.
 *
 * @internal
 */
@Injectable()
export class LateTokens {
  readonly #late = new Map<string, LateToken>();

  constructor(
    uses: TokenUses,
    private readonly revoker: TokenRevoker,
  ) {
    uses.listen({
      begun: (value) => this.begun(value),
      freed: (value) => this.freed(value),
    });
  }

  lent({ value }: AccessToken, drop: () => void): void {
    const idle = this.#late.get(value)?.idle ?? 0;
    this.#late.set(value, { idle: idle + 1, drop });
  }

  private begun(value: string): void {
    const late = this.#late.get(value);
    if (late !== undefined) late.idle = Math.max(0, late.idle - 1);
  }

  private freed(value: string): void {
    const late = this.#late.get(value);
    if (late?.idle !== 0) return;
    this.#late.delete(value);
    late.drop();
    this.revoker.revoke(value).catch(() => {
      // It stays in the ledger and is revoked with the other debts.
    });
  }
}
