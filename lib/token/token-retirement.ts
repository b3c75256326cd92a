import { Inject, Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import type { AccessToken } from './access-token.js';
import { TokenLedger } from './token-ledger.js';
import { TokenRevoker } from './token-revoker.js';
import { TokenUses } from './token-uses.js';

/**
 * Gives superseded tokens back: after a delay, and not before the last call that uses one has ended.
 *
 * @internal
 */
@Injectable()
export class TokenRetirement {
  /** Value to what cancels its timer, until it has been given back. */
  readonly #leaving = new Map<string, () => void>();
  #stopped = false;

  constructor(
    private readonly uses: TokenUses,
    private readonly revoker: TokenRevoker,
    private readonly ledger: TokenLedger,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  retire(
    token: AccessToken,
    delay: number = this.options.token.revokeDelay,
  ): void {
    if (this.#stopped || !this.options.shutdown.revoke) return;
    this.spare(token.value);
    const cancel = this.runtime.timers.later(delay, () =>
      this.uses.whenFree(token.value, () => void this.giveBack(token, cancel)),
    );
    this.#leaving.set(token.value, cancel);
  }

  /** It is in use again: a server that reuses tokens has handed it out once more. */
  spare(value: string): void {
    this.#leaving.get(value)?.();
    this.#leaving.delete(value);
  }

  /** The process is going: what is left is settled with the other debts. */
  stop(): void {
    this.#stopped = true;
    for (const value of this.#leaving.keys()) this.spare(value);
  }

  private async giveBack(token: AccessToken, mine: () => void): Promise<void> {
    const isLeaving = (): boolean => this.#leaving.get(token.value) === mine;
    if (!isLeaving()) return;
    // Not owed: given back already, or the fleet has taken it over.
    const isOwed = this.ledger.has(token.value) && !token.isExpired();
    if (!isOwed) return this.spare(token.value);
    try {
      await this.revoker.revoke(token.value);
      this.spare(token.value);
    } catch {
      // However short the delay is: a server that refuses is not asked again and again.
      const { revokeDelay, cooldownMax } = this.options.token;
      if (isLeaving()) this.retire(token, Math.max(revokeDelay, cooldownMax));
    }
  }
}
