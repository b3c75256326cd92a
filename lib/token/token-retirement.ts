import { Inject, Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { isKopoKopoError } from '../errors/kopokopo.error.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import type { AccessToken } from './access-token.js';
import { TokenEvents } from './token-events.js';
import { TokenRevoker } from './token-revoker.js';
import { TokenUses } from './token-uses.js';

/**
 * Gives superseded tokens back: after a delay, and not before the last call that uses one has ended.
 *
 * @internal
 */
@Injectable()
export class TokenRetirement {
  readonly #cancels = new Set<() => void>();
  #stopped = false;

  constructor(
    private readonly uses: TokenUses,
    private readonly revoker: TokenRevoker,
    private readonly events: TokenEvents,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  retire(token: AccessToken): void {
    if (this.#stopped || !this.options.shutdown.revoke) return;
    const cancel = this.runtime.timers.later(
      this.options.token.revokeDelay,
      () => {
        this.#cancels.delete(cancel);
        this.uses.whenFree(token.value, () => void this.giveBack(token));
      },
    );
    this.#cancels.add(cancel);
  }

  /** The process is going: what is left is settled with the other debts. */
  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }

  private async giveBack(token: AccessToken): Promise<void> {
    if (this.#stopped || token.isExpired()) return;
    try {
      await this.revoker.revoke(token.value);
      this.events.emit({ type: 'revoked' });
    } catch (error) {
      const code = isKopoKopoError(error) ? error.code : undefined;
      this.events.emit({ type: 'revocation-failed', code });
      this.retire(token);
    }
  }
}
