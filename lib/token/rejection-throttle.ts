import { Inject, Injectable, type Logger } from '@nestjs/common';
import { instanceLogger } from '../config/instance-logger.js';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import type { AccessToken } from './access-token.js';

/** First pause in milliseconds once a new token was refused as well; it doubles each time. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;

/** A token rejected at less than this age, in milliseconds, did not die of old age. */
const YOUNG = 60_000;

/** Young tokens rejected in a row that are no accident any more. */
const SUSPICIOUS = 3;

/**
 * Judges a 401: does a new token help? Where it did not, the next try waits, or every call to an API
 * that refuses all tokens would cost a token call.
 *
 * @internal
 */
@Injectable()
export class StaleTokens {
  private readonly logger: Logger;
  private futile = 0;
  private youngInARow = 0;
  private warned = false;

  constructor(
    @Inject(KOPOKOPO_OPTIONS) options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    this.logger = instanceLogger(StaleTokens, options);
  }

  /** The token in use got a 401 in a call that began at `since` (`clock.now()`). */
  isStale(token: AccessToken, since: number): boolean {
    const issuedAt = token.deadline - token.lifetime;
    const age = this.runtime.clock.now() - issuedAt;
    if (issuedAt >= since) {
      this.renewed(false);
      return false;
    }
    const pause = FIRST_PAUSE * 2 ** (this.futile - 1);
    return this.futile === 0 || age >= Math.min(pause, LONGEST_PAUSE);
  }

  /** The call was sent again with a new token: did that help? */
  renewed(helped: boolean): void {
    this.futile = helped ? 0 : this.futile + 1;
  }

  /** A token in use was dropped because it was rejected. */
  dropped(token: AccessToken): void {
    const age = this.runtime.clock.now() - (token.deadline - token.lifetime);
    this.youngInARow = age < YOUNG ? this.youngInARow + 1 : 0;
    if (this.youngInARow < SUSPICIOUS || this.warned) return;
    this.warned = true;
    this.logger.warn(
      'Access tokens are rejected soon after they were issued, again and again. If other processes use this application too, the server revokes older tokens at each issue: share one token through a token store. If none does, the API refuses this application.',
    );
  }
}
