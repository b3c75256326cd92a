import { Inject, Injectable, type Logger } from '@nestjs/common';
import type {
  KopoKopoDeliveryQueue,
  QueuedCheck,
  QueuedJobFate,
} from '../../config/delivery-queue.interface.js';
import { instanceLogger } from '../../config/instance-logger.js';
import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import { isKopoKopoError } from '../../errors/kopokopo.error.js';
import { KOPOKOPO_OPTIONS } from '../../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../../time/runtime.js';
import { shortHash } from '../../values/short-hash.js';
import { accountOf } from '../delivery.parser.js';
import { endKey, type OpenEnd, partsOf } from '../results/open-end.js';
import { OpenEnds } from '../results/open-ends.js';
import { isHandled, ResultReader } from '../results/result.reader.js';

/** Milliseconds until what store or queue did not take is tried again. */
const AGAIN = 5_000;

/** Milliseconds between two rounds over all that is open. */
const ROUND = 600_000;

/**
 * Looks at requests without an end as jobs that are due later, in the place of `ResultChecker`'s rounds.
 *
 * @internal
 */
@Injectable()
export class QueuedChecks {
  private readonly logger: Logger;
  private readonly queue: KopoKopoDeliveryQueue | undefined;
  private isAway = false;

  constructor(
    private readonly ends: OpenEnds,
    private readonly reader: ResultReader,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    this.queue = options.webhooks.queue;
    this.logger = instanceLogger('Results', options);
  }

  /** What is open from before has its job already, or gets one now. */
  begin(): void {
    if (this.options.results.check === false) return;
    this.ends.onOpened((key, inMs) => {
      const since = Date.now();
      void this.add(key, { since, next: since + inMs, pause: inMs });
    });
    this.ends.onStruck((key) => {
      this.queue!.remove(this.idOf(key)).catch(() => undefined);
    });
    void this.addAll();
  }

  /** Never rejects. */
  async look(job: QueuedCheck): Promise<QueuedJobFate> {
    const { type, id, since, pause } = job;
    const { longest, until } = this.options.results;
    if (Date.now() - since > until) {
      await this.ends.giveUp(endKey(type, id), since);
      return { fate: 'done' };
    }
    const grown = Math.min(2 * pause, longest);
    let inMs = grown;
    try {
      const result = await this.reader.checked(type, id, {});
      if (isHandled(result)) return { fate: 'done' };
    } catch (error) {
      const { retryAfter = 0 } = isKopoKopoError(error) ? error : {};
      inMs = Math.max(grown, retryAfter * 1_000);
    }
    return { fate: 'again', inMs, job: { ...job, pause: grown } };
  }

  /** In rounds, for a queue that was emptied; what has a job gets no other. Never rejects. */
  private async addAll(): Promise<void> {
    let pause = ROUND;
    try {
      for (const shard of this.ends.shards) {
        const { document, now } = await shard.read();
        const all = Object.entries(document.ends);
        await Promise.all(all.map(([key, end]) => this.see(key, end, now)));
      }
    } catch {
      // The store is out of reach.
      pause = AGAIN;
    }
    this.runtime.timers.later(pause, () => void this.addAll());
  }

  /** One without an id has no job that would give it up. */
  private async see(key: string, end: OpenEnd, now: number): Promise<void> {
    const isLost = now - end.since > this.options.results.until;
    if (isLost && partsOf(key).id === undefined) {
      await this.ends.giveUp(key, end.since);
    } else await this.add(key, end);
  }

  /** Never rejects. */
  private async add(
    key: string,
    { since, next, pause }: OpenEnd,
  ): Promise<void> {
    const { type, id } = partsOf(key);
    if (id === undefined) return;
    const account = accountOf(this.options);
    const job: QueuedCheck = { kind: 'check', account, type, id, since, pause };
    const delay = Math.max(0, next - Date.now());
    try {
      await this.queue!.add(job, this.idOf(key), delay);
      this.isAway = false;
    } catch {
      this.tellAway();
      // One that was handled meanwhile costs one look.
      const end = { since, next, pause };
      this.runtime.timers.later(AGAIN, () => void this.add(key, end));
    }
  }

  private tellAway(): void {
    if (!this.isAway) {
      this.logger.warn(
        'The queue is out of reach: ends that no callback brings are looked for when it is back.',
      );
    }
    this.isAway = true;
  }

  private idOf(key: string): string {
    const account = accountOf(this.options);
    return shortHash(JSON.stringify(['check', account, key]));
  }
}
