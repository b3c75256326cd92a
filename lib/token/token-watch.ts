import { Inject, Injectable, type Logger } from '@nestjs/common';
import { instanceLogger } from '../config/instance-logger.js';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { isKopoKopoError } from '../errors/kopokopo.error.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import type { AccessToken } from './access-token.js';
import type { TokenCacheObserver } from './token-cache.observer.js';
import { LateTokens } from './late-tokens.js';
import { RejectionThrottle } from './rejection-throttle.js';
import { FleetLink } from './store/fleet-link.js';
import { FleetPublisher } from './store/fleet-publisher.js';
import { FleetReminder } from './store/fleet-reminder.js';
import { TokenEvents } from './token-events.js';
import { TokenLedger } from './token-ledger.js';
import { TokenRetirement } from './token-retirement.js';
import { TokenRevoker } from './token-revoker.js';

/**
 * Watches the cache: says what an operator would want to know, and gives superseded tokens back.
 *
 * @internal
 */
@Injectable()
export class TokenWatch implements TokenCacheObserver {
  private readonly logger: Logger;
  private isTold = false;

  constructor(
    private readonly events: TokenEvents,
    private readonly retirement: TokenRetirement,
    private readonly revoker: TokenRevoker,
    private readonly ledger: TokenLedger,
    private readonly link: FleetLink,
    private readonly publisher: FleetPublisher,
    private readonly reminder: FleetReminder,
    private readonly throttle: RejectionThrottle,
    private readonly late: LateTokens,
    @Inject(KOPOKOPO_OPTIONS) options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    this.logger = instanceLogger('Token', options);
  }

  adopted(token: AccessToken, previous: AccessToken | undefined): void {
    const { expiresAt, from } = token;
    const renewed = previous !== undefined;
    this.tell(token, renewed ? 'Renewed' : 'Got');
    this.events.emit({ type: renewed ? 'renewed' : 'minted', from, expiresAt });
    this.retirement.spare(token.value);
    this.reminder.forget(token.value);
    if (!renewed || token.value === previous.value) return;
    // The store retires whatever was replaced.
    this.reminder.remember(previous);
    if (!isSameGrant(token, previous)) this.retire(previous);
  }

  failed(error: unknown, retryIn: number, serving: boolean): void {
    const known = isKopoKopoError(error) ? error : undefined;
    const meanwhile = serving ? 'the present one stays in use; ' : '';
    this.logger.warn(
      `No new access token: ${known?.message ?? 'unexpected failure'} (${meanwhile}next attempt in ${Math.ceil(retryIn / 1_000)} s at the earliest)`,
    );
    this.events.emit({
      type: 'renewal-failed',
      code: known?.code,
      nextAttemptAt: new Date(this.runtime.clock.wall() + retryIn),
    });
  }

  servedWhileFailing({ expiresAt }: AccessToken): void {
    this.events.emit({ type: 'served-while-failing', expiresAt });
  }

  invalidated(token: AccessToken): void {
    this.logger.warn('The access token was rejected and is dropped.');
    this.events.emit({ type: 'invalidated' });
    this.throttle.dropped(token);
    // One API call refused it; the server may still take it elsewhere.
    this.retire(token);
    this.reminder.remember(token);
    void this.link.invalidate(token);
  }

  /** The first token is what an operator looks for after a start; later ones are routine. */
  private tell({ expiresAt, from }: AccessToken, what: string): void {
    const source = from === 'store' ? 'the token store' : 'Kopo Kopo';
    const line = `${what} the access token from ${source}; it expires at ${expiresAt.toISOString()}`;
    if (this.isTold) return this.logger.debug(`${line}.`);
    this.isTold = true;
    this.logger.log(`${line} and is used by ${this.users()}.`);
  }

  private users(): string {
    if (!this.link.configured) return 'this process alone';
    const others = Math.max(0, this.link.members - 1);
    return others === 1
      ? 'this and 1 other process'
      : `this and ${others} other processes`;
  }

  /** A token that is in the store is retired there. */
  private retire(token: AccessToken): void {
    if (!this.ledger.has(token.value)) return;
    this.retirement.retire(token, this.publisher.delayFor(token));
  }

  lent(token: AccessToken, drop: () => void): void {
    this.late.lent(token, drop);
  }

  /** A server that reuses tokens hands it out until it is revoked. */
  rejectedAgain(token: AccessToken): void {
    this.revoker.revoke(token.value).catch(() => {
      // It stays in the ledger and is revoked on shutdown.
    });
  }
}

/** A server that reuses tokens may write the same grant in another way: its `created_at` tells. */
function isSameGrant(one: AccessToken, other: AccessToken): boolean {
  return one.createdAt !== undefined && one.createdAt === other.createdAt;
}
