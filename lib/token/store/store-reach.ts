import type { Logger } from '@nestjs/common';
import { instanceLogger } from '../../config/instance-logger.js';
import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import type { TokenStore } from '../../config/token-store.interface.js';
import type { Runtime } from '../../time/runtime.js';
import type { TokenEvents } from '../token-events.js';
import { storeProblem } from './store-problem.js';

/** Milliseconds a step may take before the store counts as out of reach, in slices. */
const STEP_TIMEOUT = 200;
const SLICES = 4;

/** Milliseconds for which a store that was out of reach is not asked again. */
const PAUSE = 1_000;

/**
 * Gives every step to the store a time limit, and knows whether the store is in reach.
 *
 * @internal
 */
export class StoreReach {
  private readonly logger: Logger;
  private blockedUntil = -Infinity;
  private reachable = true;
  private wasLost = false;

  constructor(
    private readonly store: TokenStore | undefined,
    private readonly events: TokenEvents,
    options: ResolvedOptions,
    private readonly runtime: Runtime,
  ) {
    this.logger = instanceLogger('Store', options);
  }

  get isOn(): boolean {
    return this.reachable;
  }

  /** True once after the store has been out of reach: it may have forgotten something. */
  takeLoss(): boolean {
    const wasLost = this.wasLost && this.reachable;
    if (wasLost) this.wasLost = false;
    return wasLost;
  }

  /**
   * `undefined` where the store is out of reach. Never rejects. `insist`: asks also where it has just
   * been out of reach, for a step that there is no other time for.
   */
  async run<T>(
    step: (store: TokenStore) => Promise<T>,
    insist = false,
  ): Promise<T | undefined> {
    const { store, runtime } = this;
    if (store === undefined) return undefined;
    const isBlocked = runtime.clock.now() < this.blockedUntil;
    if (isBlocked && !insist) return undefined;
    const inTime = new AbortController();
    const tooLate = this.timeUp(inTime.signal);
    try {
      const result = await Promise.race([step(store), tooLate]);
      this.blockedUntil = -Infinity;
      this.found();
      return result;
    } catch (error) {
      this.blockedUntil = runtime.clock.now() + PAUSE;
      this.lost(storeProblem(error));
      return undefined;
    } finally {
      inTime.abort();
      tooLate.catch(() => undefined);
    }
  }

  /** The last step: nothing is noticed or told any more. */
  async end(step: (store: TokenStore) => Promise<void>): Promise<void> {
    if (this.store === undefined) return;
    const inTime = new AbortController();
    try {
      await Promise.race([step(this.store), this.timeUp(inTime.signal)]);
    } catch {
      // Nothing that could be done about it.
    } finally {
      inTime.abort();
    }
  }

  /** A process that itself stood still loses one slice by it, and reads what has come meanwhile. */
  private async timeUp(inTime: AbortSignal): Promise<never> {
    const { timers } = this.runtime;
    for (let slice = 0; slice < SLICES; slice++) {
      await timers.pause(STEP_TIMEOUT / SLICES, inTime);
      if (!inTime.aborted) {
        await new Promise<void>((done) => timers.afterTurn(done));
      }
    }
    throw new Error('TIMEOUT');
  }

  private found(): void {
    if (this.reachable) return;
    this.reachable = true;
    this.events.emit({ type: 'store-back' });
    this.logger.log('The token store is back.');
  }

  private lost(reason: string | undefined): void {
    if (!this.reachable) return;
    this.reachable = false;
    this.wasLost = true;
    this.events.emit({ type: 'store-lost', reason });
    const why = reason === undefined ? '' : ` (${reason})`;
    this.logger.warn(
      `The token store is out of reach${why}: this process gets tokens of its own until it is back.`,
    );
  }
}
