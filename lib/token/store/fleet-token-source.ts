import { Inject, Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import type {
  StoredCoolDown,
  TokenStoreView,
} from '../../config/token-store.interface.js';
import { errorOfCode } from '../../errors/error-of-code.js';
import { isKopoKopoError } from '../../errors/kopokopo.error.js';
import { KOPOKOPO_OPTIONS } from '../../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../../time/runtime.js';
import type { AccessToken } from '../access-token.js';
import { LONGEST_RETRY_AFTER, retryAfterOf } from '../cool-down.js';
import { TokenMinter } from '../token-minter.js';
import type { TokenNeed, TokenSource } from '../token-source.interface.js';
import { FleetLink } from './fleet-link.js';
import { FleetPublisher } from './fleet-publisher.js';
import { FleetReminder } from './fleet-reminder.js';
import { TokenVault } from './token-vault.js';

/** Milliseconds between two looks at what another process is fetching; up to twice that. */
const POLL = 40;

/** A store that is out of reach is looked for so often while nobody waits for the new token. */
const SPARE_LOOKS = 2;

/** Milliseconds until such a look; the link asks again after a second. */
const SPARE_PAUSE = 1_100;

/**
 * Gets a token with the fleet: the one in the store, or, for who has the renewal lease, a new one
 * that is then shared. Where the store is out of reach it asks the server at once.
 *
 * @internal
 */
@Injectable()
export class FleetTokenSource implements TokenSource {
  readonly #leading = new Set<Promise<unknown>>();
  #looking = 0;
  #left = false;

  constructor(
    private readonly link: FleetLink,
    private readonly vault: TokenVault,
    private readonly publisher: FleetPublisher,
    private readonly reminder: FleetReminder,
    private readonly minter: TokenMinter,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  async acquire(need: TokenNeed = {}): Promise<AccessToken> {
    if (!this.link.configured) return this.minter.acquire();
    this.#looking += 1;
    try {
      for (let looks = 0; !this.#left; looks++) {
        const token = await this.withFleet(need);
        if (token !== undefined) return token;
        if (looks === SPARE_LOOKS || !this.isSpare(need)) break;
        await this.spare(need);
      }
    } finally {
      this.#looking -= 1;
    }
    return this.minter.acquire();
  }

  /** Nothing is asked of the fleet just now: a lease that this process may have is of no use to it. */
  get isIdle(): boolean {
    return this.#looking + this.#leading.size === 0;
  }

  /** From here on tokens are this process' own, but for one that it is fetching for the fleet. */
  leave(): void {
    this.#left = true;
  }

  /** Waits for a token that the fleet waits for; the mint budget bounds it, or the minter's end. */
  async led(): Promise<void> {
    while (this.#leading.size > 0) await Promise.allSettled(this.#leading);
  }

  /** Nothing where the store is out of reach, or brings nothing in time. */
  private async withFleet(need: TokenNeed): Promise<AccessToken | undefined> {
    const { clock, random } = this.runtime;
    // Whoever had the lease may have been killed, and the next one needs as long again.
    const end = clock.now() + 2 * this.link.leaseDuration;
    // It would wait for itself. Not waited for: the store does one step after the other.
    void this.link.releaseDoubtful();
    for (;;) {
      const seenAt = clock.now();
      const view = await this.link.lease();
      if (view === undefined || this.#left) return undefined;
      const token = await this.usable(view, seenAt, need);
      if (view.granted && token !== undefined) void this.link.release();
      if (token !== undefined) return token;
      if (view.granted) return this.leading(this.lead());
      if (this.isPause(view.coolDown)) throw sharedFailure(view.coolDown);
      if (view.coolDown !== undefined) return undefined;
      if (clock.now() >= end) return undefined;
      await this.runtime.timers.pause(POLL * (1 + random()));
      // A look would make it a member again.
      if (this.#left) return undefined;
    }
  }

  private async usable(
    { token: entry }: TokenStoreView,
    seenAt: number,
    { held, isRejected }: TokenNeed,
  ): Promise<AccessToken | undefined> {
    const token = entry && (await this.vault.open(entry, seenAt));
    const isUsable =
      token !== undefined &&
      token.value !== held?.value &&
      !token.isExpired() &&
      !this.reminder.remembers(token.value) &&
      !isRejected?.(token.value);
    return isUsable ? token : undefined;
  }

  /** One that is longer than any sibling begins is nobody's: it must not keep tokens away. */
  private isPause(
    coolDown: StoredCoolDown | undefined,
  ): coolDown is StoredCoolDown {
    const { cooldownMin } = this.options.token;
    const longest = Math.max(LONGEST_RETRY_AFTER, cooldownMin);
    return coolDown !== undefined && coolDown.remaining <= longest;
  }

  /** Does a token in hand leave time to look for the store again? */
  private isSpare({ held, isRejected }: TokenNeed): boolean {
    if (held === undefined || isRejected?.(held.value)) return false;
    const left = held.deadline - this.runtime.clock.now();
    return left > this.options.token.lastWindow + SPARE_PAUSE;
  }

  /** Until the store is asked again, or callers wait because the token in hand is lost. */
  private async spare(need: TokenNeed): Promise<void> {
    const { clock } = this.runtime;
    const end = clock.now() + SPARE_PAUSE;
    while (clock.now() < end && !need.isRejected?.(need.held!.value)) {
      await this.runtime.timers.pause(POLL);
    }
  }

  private async leading<T>(lead: Promise<T>): Promise<T> {
    this.#leading.add(lead);
    try {
      return await lead;
    } finally {
      this.#leading.delete(lead);
    }
  }

  private async lead(): Promise<AccessToken> {
    try {
      // Also by a process that is going: its siblings wait for it.
      const token = await this.minter.acquire();
      // Not waited for: the callers have what they need.
      void this.leading(this.publisher.publish(token));
      return token;
    } catch (error) {
      if (this.#left || isOwn(error)) {
        await this.link.release();
      } else {
        await this.link.coolDown(
          Math.max(retryAfterOf(error), this.options.token.cooldownMin),
          isKopoKopoError(error) ? error.code : 'KOPOKOPO_SERVER',
        );
      }
      throw error;
    }
  }
}

/** A wrong secret, or none in time, is this process' own: siblings may have a good one. */
function isOwn(error: unknown): boolean {
  if (!isKopoKopoError(error)) return false;
  const { code, outcome } = error;
  return (
    code === 'KOPOKOPO_AUTHENTICATION' ||
    code === 'KOPOKOPO_CONFIGURATION' ||
    (code === 'KOPOKOPO_TIMEOUT' && outcome === 'not-sent')
  );
}

function sharedFailure({ code, remaining }: StoredCoolDown): Error {
  return errorOfCode(
    code,
    'Another process asked Kopo Kopo for the access token, and failed.',
    { retryAfter: Math.ceil(remaining / 1_000), outcome: 'not-sent' },
  );
}
