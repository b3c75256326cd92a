import { Inject, Injectable, type Logger } from '@nestjs/common';
import { instanceLogger } from '../config/instance-logger.js';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KopoKopoShutdownError } from '../errors/shutdown.error.js';
import { pathOf } from '../http/request-path.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import { type CallUnderWay, CallsUnderWay } from './calls-under-way.js';
import { TokenUses } from './token-uses.js';

/** Calls named in one line of the log at the most. */
const MOST_NAMED = 20;

/**
 * Lets authorised calls end before a shutdown goes on: a payment whose answer is lost is worse than a
 * process that ends a moment later.
 *
 * @internal
 */
@Injectable()
export class CallsAtShutdown {
  private readonly logger: Logger;

  constructor(
    private readonly calls: CallsUnderWay,
    private readonly uses: TokenUses,
    @Inject(KOPOKOPO_OPTIONS) options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    this.logger = instanceLogger('Shutdown', options);
  }

  /**
   * Waits for the calls under way for `limit` milliseconds. What is open then is named in the log, and its
   * caller gets a `KopoKopoShutdownError`. Never rejects.
   */
  async finish(limit: number): Promise<void> {
    const { length } = this.calls.open;
    if (length === 0) return;
    this.logger.log(
      `Waiting for ${counted(length)} to Kopo Kopo to end, for ${Math.ceil(limit)} ms at the most.`,
    );
    const end = this.runtime.clock.now() + limit;
    // A job that goes on from one call to the next has begun another by now.
    for (let left = limit; this.calls.open.length > 0 && left > 0;) {
      await this.within(left, this.calls.idle());
      left = end - this.runtime.clock.now();
    }
    this.giveUp(this.calls.open);
  }

  /** Names what is open when nothing can be waited for any more. */
  giveUpAtExit(): void {
    this.giveUp(this.calls.open);
  }

  /** Waits for the calls that use a token now, for `limit` milliseconds; others may begin meanwhile. */
  freeTokens(limit: number): Promise<void> {
    return this.within(limit, this.uses.freeOfPresent());
  }

  private async within(limit: number, task: Promise<void>): Promise<void> {
    const done = new AbortController();
    await Promise.race([task, this.runtime.timers.pause(limit, done.signal)]);
    done.abort();
  }

  private giveUp(open: readonly CallUnderWay[]): void {
    if (open.length === 0) return;
    const named = open.slice(0, MOST_NAMED).map(described);
    const more = open.length - named.length;
    const rest = more > 0 ? `; and ${more} more` : '';
    this.logger.warn(
      `${counted(open.length)} to Kopo Kopo still had no answer when the time for it was over: ${named.join('; ')}${rest}. Look before any of them is sent again.`,
    );
    this.calls.rejectAll(
      ({ method, path, isSent }) =>
        new KopoKopoShutdownError(
          'The application shut down before Kopo Kopo answered.',
          {
            outcome: isSent ? 'unknown' : 'not-sent',
            method,
            path: pathOf(path),
          },
        ),
    );
  }
}

function counted(calls: number): string {
  return calls === 1 ? '1 call' : `${calls} calls`;
}

/** Such as `POST send_money, outcome unknown`. */
function described({ method, path, isSent }: CallUnderWay): string {
  const name = pathOf(path).replace(/^\/api\/v\d+\//, '');
  return `${method} ${name}, outcome ${isSent ? 'unknown' : 'not-sent'}`;
}
