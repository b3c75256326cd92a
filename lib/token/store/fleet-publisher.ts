import { Inject, Injectable } from '@nestjs/common';
import type { TokenStoreView } from '../../config/token-store.interface.js';
import { RUNTIME, type Runtime } from '../../time/runtime.js';
import type { AccessToken } from '../access-token.js';
import { TokenLedger } from '../token-ledger.js';
import { FleetLink } from './fleet-link.js';
import { TokenVault } from './token-vault.js';

/**
 * Hands tokens over to the fleet, and with them the debt to revoke them; knows which ones the store
 * may have without having said so.
 *
 * @internal
 */
@Injectable()
export class FleetPublisher {
  readonly #publishing = new Set<Promise<unknown>>();
  /** Sent to the store, which gave no answer: siblings may use them. */
  readonly #unanswered = new Map<string, AccessToken>();
  #left = false;

  constructor(
    private readonly link: FleetLink,
    private readonly vault: TokenVault,
    private readonly ledger: TokenLedger,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** A renewal of this process has brought it. Gives the token to use, as `share` does. */
  publish(token: AccessToken): Promise<AccessToken | undefined> {
    return this.put(token, () => this.link.publish(token));
  }

  /**
   * Makes a token that this process alone holds the fleet's; gives the one that the fleet uses,
   * nothing where it has retired this one and has no other.
   */
  async share(token: AccessToken): Promise<AccessToken | undefined> {
    if (this.#left) return token;
    return this.put(token, () => this.link.suggest(token));
  }

  /** Says again what the store did not answer; true when nothing of it is left in doubt. */
  async settleDoubts(insist?: boolean): Promise<boolean> {
    this.dropSettled();
    for (const token of this.#unanswered.values()) {
      await this.put(token, () => this.link.suggest(token, insist));
    }
    return this.#unanswered.size === 0;
  }

  /** Milliseconds until a replaced token may be revoked here: siblings may have found one in the store. */
  delayFor({ value }: AccessToken): number | undefined {
    return this.#unanswered.has(value) ? this.link.retireDelay : undefined;
  }

  /** The last look at a store that may have been emptied: true when it has answered. */
  async insist(token: AccessToken): Promise<boolean> {
    return (await this.link.suggest(token, true)) !== undefined;
  }

  /** Nothing is shared any more; resolves when what is on its way to the store has arrived. */
  async leave(): Promise<void> {
    this.#left = true;
    await Promise.allSettled(this.#publishing);
  }

  private async put(
    token: AccessToken,
    step: () => Promise<TokenStoreView | undefined>,
  ): Promise<AccessToken | undefined> {
    // Taken out to be revoked meanwhile.
    if (this.#left && !this.ledger.has(token.value)) return token;
    const publishing = this.send(token, step);
    this.#publishing.add(publishing);
    try {
      return await publishing;
    } finally {
      this.#publishing.delete(publishing);
    }
  }

  private async send(
    token: AccessToken,
    step: () => Promise<TokenStoreView | undefined>,
  ): Promise<AccessToken | undefined> {
    const seenAt = this.runtime.clock.now();
    const view = await step();
    if (view === undefined) {
      this.#unanswered.set(token.value, token);
      this.dropSettled();
      return token;
    }
    this.#unanswered.delete(token.value);
    // It stands in the store now, in use or to be revoked: the debt is the fleet's.
    this.ledger.settle(token.value);
    if (view.token === undefined) return undefined;
    const inUse = await this.vault.open(view.token, seenAt);
    const isOther = inUse?.value !== token.value && !inUse?.isExpired();
    return isOther ? (inUse ?? token) : token;
  }

  private dropSettled(): void {
    for (const [value, token] of this.#unanswered) {
      const isOwed = this.ledger.has(value) && !token.isExpired();
      if (!isOwed) this.#unanswered.delete(value);
    }
  }
}
