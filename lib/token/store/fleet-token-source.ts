import { Inject, Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import { errorOfCode } from '../../errors/error-of-code.js';
import { isKopoKopoError } from '../../errors/kopokopo.error.js';
import { abortReason } from '../../http/abort-reason.js';
import { KOPOKOPO_OPTIONS } from '../../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../../time/runtime.js';
import type { AccessToken } from '../access-token.js';
import { retryAfterOf } from '../cool-down.js';
import { TokenLedger } from '../token-ledger.js';
import { TokenMinter } from '../token-minter.js';
import type { TokenNeed, TokenSource } from '../token-source.interface.js';
import { FleetLink } from './fleet-link.js';
import type {
  StoredCoolDown,
  TokenStoreView,
} from '../../config/token-store.interface.js';

/** Milliseconds between two looks at what another process is fetching; up to twice that. */
const POLL = 40;

/**
 * Gets a token with the fleet: the one in the store, or, for who has the renewal lease, a new one
 * that is then shared. Where the store is out of reach it asks the server at once.
 *
 * @internal
 */
@Injectable()
export class FleetTokenSource implements TokenSource {
  readonly #publishing = new Set<Promise<unknown>>();
  #left = false;

  constructor(
    private readonly link: FleetLink,
    private readonly minter: TokenMinter,
    private readonly ledger: TokenLedger,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  async acquire(need: TokenNeed = {}): Promise<AccessToken> {
    if (!this.link.configured || this.#left) return this.minter.acquire(need);
    return (await this.withFleet(need)) ?? this.minter.acquire(need);
  }

  /** Makes a token that this process alone holds the fleet's; gives the one that the fleet uses. */
  async share(token: AccessToken): Promise<AccessToken> {
    if (this.#left) return token;
    const publishing = this.publish(token);
    this.#publishing.add(publishing);
    try {
      return await publishing;
    } finally {
      this.#publishing.delete(publishing);
    }
  }

  /** From here on tokens are this process' own. */
  async leave(): Promise<void> {
    this.#left = true;
    await Promise.allSettled(this.#publishing);
  }

  /** Nothing where the store is out of reach, or brings nothing in time. */
  private async withFleet(need: TokenNeed): Promise<AccessToken | undefined> {
    const { clock, timers, random } = this.runtime;
    // Whoever had the lease may have been killed, and the next one needs as long again.
    const end = clock.now() + 2 * this.link.leaseDuration;
    for (;;) {
      const seenAt = clock.now();
      const view = await this.link.lease();
      if (view === undefined) return undefined;
      const token = await this.usable(view, seenAt, need);
      if (view.granted && token !== undefined) void this.link.release();
      if (token !== undefined) return token;
      if (view.granted) return this.lead(need);
      if (view.coolDown !== undefined) throw sharedFailure(view.coolDown);
      if (clock.now() >= end) return undefined;
      await timers.pause(POLL * (1 + random()), need.signal);
      if (need.signal?.aborted) throw abortReason(need.signal, 'not-sent');
      // A look would make it a member again.
      if (this.#left) return undefined;
    }
  }

  private async usable(
    { token: entry }: TokenStoreView,
    seenAt: number,
    { held, isRejected }: TokenNeed,
  ): Promise<AccessToken | undefined> {
    const token = entry && (await this.link.open(entry, seenAt));
    const isUsable =
      token !== undefined &&
      token.value !== held?.value &&
      !token.isExpired() &&
      !isRejected?.(token.value);
    return isUsable ? token : undefined;
  }

  private async lead(need: TokenNeed): Promise<AccessToken> {
    try {
      return await this.share(await this.minter.acquire(need));
    } catch (error) {
      if (need.signal?.aborted || this.#left) await this.link.release();
      else {
        await this.link.coolDown(
          Math.max(retryAfterOf(error), this.options.token.cooldownMin),
          isKopoKopoError(error) ? error.code : 'KOPOKOPO_SERVER',
        );
      }
      throw error;
    }
  }

  private async publish(token: AccessToken): Promise<AccessToken> {
    const seenAt = this.runtime.clock.now();
    const view = await this.link.publish(token);
    if (view === undefined) return token;
    // It stands in the store now, in use or to be revoked: the debt is the fleet's.
    this.ledger.settle(token.value);
    return (await this.usable(view, seenAt, { held: token })) ?? token;
  }
}

function sharedFailure({ code, remaining }: StoredCoolDown): Error {
  return errorOfCode(
    code,
    'Another process asked Kopo Kopo for the access token, and failed.',
    { retryAfter: Math.ceil(remaining / 1_000), outcome: 'not-sent' },
  );
}
