import { Inject, Injectable, type Logger } from '@nestjs/common';
import { instanceLogger } from '../config/instance-logger.js';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import type { AccessToken } from './access-token.js';

/** First pause in milliseconds once a new token was rejected as well; it doubles with each further one. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;

/** A token rejected at less than this age, in milliseconds, did not die of old age. */
const YOUNG = 60_000;

/** Young tokens rejected in a row that are no accident any more. */
const SUSPICIOUS = 3;

/** Young tokens rejected in a row after which a replacement waits even if calls succeed in between. */
const ENDLESS = 10;

/** Rejected tokens that late answers may still tell of. */
const MOST_COUNTED = 16;

/**
 * Judges a 401: may the rejected token be replaced now? Where new tokens were rejected as well, the next
 * replacement waits, or every call to an API that rejects all tokens would cost a token request. A token
 * counts once, however many calls were rejected with it, and the first success forgets the count.
 *
 * @internal
 */
@Injectable()
export class RejectionThrottle {
  private readonly logger: Logger;
  /** New tokens that were rejected since a call succeeded. */
  private rejectedInARow = 0;
  /** Values of tokens that were counted. */
  readonly #counted = new Set<string>();
  private youngInARow = 0;
  private warned = false;

  constructor(
    @Inject(KOPOKOPO_OPTIONS) options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    this.logger = instanceLogger('Token', options);
  }

  /** A call that began at `since` (`clock.now()`) was rejected with the token in use. */
  mayReplace(token: AccessToken, since: number): boolean {
    if (issuedAt(token) >= since) {
      this.rejectedNew(token);
      return false;
    }
    return this.ageOf(token) >= this.pause();
  }

  /** A call was rejected with a token that was issued for it, or in place of a rejected one. */
  rejectedNew({ value }: AccessToken): void {
    if (this.#counted.has(value)) return;
    this.#counted.add(value);
    const [oldest] = this.#counted;
    if (this.#counted.size > MOST_COUNTED) this.#counted.delete(oldest!);
    this.rejectedInARow += 1;
  }

  /** The API accepted a token. */
  succeeded(): void {
    this.rejectedInARow = 0;
  }

  /** A token in use was dropped because it was rejected. */
  dropped(token: AccessToken): void {
    this.youngInARow = this.ageOf(token) < YOUNG ? this.youngInARow + 1 : 0;
    if (this.youngInARow < SUSPICIOUS || this.warned) return;
    this.warned = true;
    this.logger.warn(
      'Access tokens are rejected soon after they were issued, again and again. If other processes use this application too, the server revokes older tokens at each issue: share one token through a token store. If none does, the API refuses this application.',
    );
  }

  /** Milliseconds that a token has to be old before it is replaced. */
  private pause(): number {
    const least = this.youngInARow >= ENDLESS ? FIRST_PAUSE : 0;
    if (this.rejectedInARow === 0) return least;
    const doubled = FIRST_PAUSE * 2 ** (this.rejectedInARow - 1);
    return Math.min(doubled, LONGEST_PAUSE);
  }

  private ageOf(token: AccessToken): number {
    return this.runtime.clock.now() - issuedAt(token);
  }
}

/** By `clock.now()`. */
function issuedAt({ deadline, lifetime }: AccessToken): number {
  return deadline - lifetime;
}
