import { Inject, Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import type { StoredToken } from '../../config/token-store.interface.js';
import { isKopoKopoError } from '../../errors/kopokopo.error.js';
import { KOPOKOPO_OPTIONS } from '../../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../../time/runtime.js';
import type { AccessToken } from '../access-token.js';
import { inLanes } from '../../time/in-lanes.js';
import { TokenCache } from '../token-cache.js';
import {
  AT_ONCE,
  type RevocationReport,
  TokenRevoker,
} from '../token-revoker.js';
import { TokenUses } from '../token-uses.js';
import { FleetLink } from './fleet-link.js';
import { TokenVault } from './token-vault.js';

/** In the log of the last one out. */
const UNREADABLE = 'not readable with this client secret';

/**
 * Revokes what stands in the store to be revoked, whoever brought it there.
 *
 * @internal
 */
@Injectable()
export class FleetDebts {
  /** Being revoked: a claim lapses before a server that hangs is given up. */
  readonly #revoking = new Set<string>();

  constructor(
    private readonly link: FleetLink,
    private readonly vault: TokenVault,
    private readonly cache: TokenCache,
    private readonly revoker: TokenRevoker,
    private readonly uses: TokenUses,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** At a beat: what is due and not used by a call of this process. Never rejects. */
  async revokeDue(): Promise<void> {
    const seenAt = this.runtime.clock.now();
    const due = (await this.link.claim()) ?? [];
    await this.revokeAll(due, seenAt, async (token) => {
      // The claim lapses, and it is looked at again: here at the next beat, or by a sibling.
      if (this.uses.isUsed(token.value)) return false;
      return this.revokeOnce(token);
    });
  }

  /** By the last one out: all there is, where the store says what that is. Never rejects. */
  async revokeLast(): Promise<RevocationReport | undefined> {
    const seenAt = this.runtime.clock.now();
    const due = await this.link.claim(true);
    if (due === undefined) return undefined;
    return this.revokeAll(due, seenAt, (token) => this.revokeInTime(token));
  }

  /** By the last one out, where the store says nothing any more. Never rejects. */
  async revokeHeld(token: AccessToken): Promise<RevocationReport> {
    try {
      await this.revokeInTime(token);
      return { revoked: 1, failures: [] };
    } catch (error) {
      return { revoked: 0, failures: [codeOf(error)] };
    }
  }

  private async revokeOnce({ value }: AccessToken): Promise<boolean> {
    if (this.#revoking.has(value)) return false;
    this.#revoking.add(value);
    try {
      await this.revoker.revoke(value);
      return true;
    } finally {
      this.#revoking.delete(value);
    }
  }

  private async revokeInTime({ value }: AccessToken): Promise<true> {
    await this.revoker.revoke(value, this.options.shutdown.timeout / 3);
    return true;
  }

  private async revokeAll(
    due: StoredToken[],
    seenAt: number,
    revoke: (token: AccessToken) => Promise<boolean>,
  ): Promise<RevocationReport> {
    const report: RevocationReport = { revoked: 0, failures: [] };
    await inLanes(due, AT_ONCE, async (entry) => {
      const token = await this.vault.open(entry, seenAt);
      // What can't be opened can't be revoked: it stays until it expires.
      if (token === undefined) {
        report.failures.push(UNREADABLE);
        return;
      }
      // A sibling with another secret could not read it and replaced it; here it is in use.
      if (this.cache.peek()?.value === token.value) return;
      try {
        if (!(await revoke(token))) return;
        await this.link.settle(entry.id);
        report.revoked += 1;
      } catch (error) {
        // The claim lapses, and the next one who looks tries again.
        report.failures.push(codeOf(error));
      }
    });
    return report;
  }
}

function codeOf(error: unknown): string {
  return isKopoKopoError(error) ? error.code : 'unexpected failure';
}
