import { Inject, Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import type { StoredToken } from '../../config/token-store.interface.js';
import { KOPOKOPO_OPTIONS } from '../../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../../time/runtime.js';
import { AccessToken } from '../access-token.js';
import { ClientSecrets } from '../client-secrets.js';
import { TokenLedger } from '../token-ledger.js';
import { type SealedContent, TokenSealer } from './token-sealer.js';

/**
 * Turns tokens into what a store may see, and back, with the client secrets of the moment.
 *
 * @internal
 */
@Injectable()
export class TokenVault {
  private readonly sealer: TokenSealer;

  constructor(
    private readonly secrets: ClientSecrets,
    private readonly ledger: TokenLedger,
    @Inject(KOPOKOPO_OPTIONS) options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    this.sealer = new TokenSealer(options.origin, options.clientId);
  }

  /** Names the account without giving away the client id. */
  get account(): string {
    return this.sealer.account;
  }

  /** Names a token without giving it away. */
  idOf(token: AccessToken | string): string {
    return this.sealer.idOf(typeof token === 'string' ? token : token.value);
  }

  /** Nothing where no secret can be had. */
  async seal(
    token: AccessToken,
  ): Promise<Pick<StoredToken, 'id' | 'sealed'> | undefined> {
    const secret = this.secrets.known()[0] ?? (await this.latestSecret());
    if (secret === undefined) return undefined;
    const { value, scopes, lifetime, createdAt } = token;
    return {
      id: this.idOf(token),
      sealed: this.sealer.seal({ value, scopes, lifetime, createdAt }, secret),
    };
  }

  /** The token behind an entry; nothing where it does not authenticate. `seenAt`: before the store was asked. */
  async open(
    entry: StoredToken,
    seenAt: number,
  ): Promise<AccessToken | undefined> {
    const known = this.secrets.known();
    const content =
      this.sealer.open(entry.sealed, known) ??
      (await this.openWithLatest(entry.sealed, known));
    // The id stands beside what is sealed: an entry may have been put together from two.
    if (content === undefined || this.idOf(content.value) !== entry.id) {
      return undefined;
    }
    const { value, scopes, lifetime, createdAt } = content;
    // A server that reuses tokens may have given it to this process alone, too: it is the fleet's to revoke.
    this.ledger.settle(value);
    const startedAt = seenAt + Math.min(0, entry.remaining - lifetime);
    return new AccessToken(
      { value, scopes, lifetime, createdAt, startedAt, from: 'store' },
      this.runtime.clock,
    );
  }

  /** A function that gives the secret may have another one by now. */
  private async openWithLatest(
    sealed: string,
    tried: readonly string[],
  ): Promise<SealedContent | undefined> {
    const secret = await this.latestSecret();
    if (secret === undefined || tried.includes(secret)) {
      return undefined;
    }
    const content = this.sealer.open(sealed, [secret]);
    if (content !== undefined) this.secrets.remember(secret);
    return content;
  }

  /** A function that is asked for it may fail: then nothing is sealed and nothing opened. */
  private async latestSecret(): Promise<string | undefined> {
    try {
      return await this.secrets.latest();
    } catch {
      return undefined;
    }
  }
}
