import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ResultArrivals } from '../../api/resource/result-arrivals.js';
import type {
  KopoKopoDeliveryQueue,
  QueuedJob,
  QueuedJobFate,
} from '../../config/delivery-queue.interface.js';
import { instanceLogger } from '../../config/instance-logger.js';
import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import { KOPOKOPO_OPTIONS } from '../../kopokopo.constants.js';
import { storeStep } from '../../store/store-step.js';
import { shortHash } from '../../values/short-hash.js';
import { DeliveryDispatcher } from '../delivery.dispatcher.js';
import { DeliveryHandlers } from '../delivery-handlers.js';
import { accountOf, parseDelivery } from '../delivery.parser.js';
import type { DispatchResult } from '../delivery.receipt.js';
import type { KopoKopoDelivery } from '../delivery.types.js';
import { QueuedChecks } from './queued-checks.js';

/** Milliseconds until a delivery that another process has in hand comes again. */
const BUSY = 5_000;

const DONE: QueuedJobFate = { fate: 'done' };

/**
 * The durable engine of one instance: deliveries go into the queue, and out of it to the handlers.
 *
 * @internal
 */
@Injectable()
export class QueuedDeliveries
  implements OnApplicationBootstrap, BeforeApplicationShutdown
{
  private readonly logger: Logger;
  private readonly queue: KopoKopoDeliveryQueue | undefined;
  private readonly account: string;

  constructor(
    private readonly handlers: DeliveryHandlers,
    private readonly dispatcher: DeliveryDispatcher,
    private readonly checks: QueuedChecks,
    private readonly arrivals: ResultArrivals,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
  ) {
    this.queue = options.webhooks.queue;
    this.account = accountOf(options);
    this.logger = instanceLogger('Webhooks', options);
  }

  get isOn(): boolean {
    return this.queue !== undefined;
  }

  /** A process without handlers takes no jobs: they are another's. */
  onApplicationBootstrap(): void {
    if (this.queue === undefined) return;
    this.checks.begin();
    if (this.handlers.of(this.account).length === 0) return;
    this.queue.start(this.account, (job) => this.handle(job));
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.queue === undefined) return;
    try {
      const { timeout } = this.options.shutdown;
      await storeStep(this.queue.close(timeout), timeout + 500);
    } catch {
      this.logger.warn(
        'The queue was not closed in time: what it had in hand is handled again by another process.',
      );
    }
  }

  /** It is acknowledged once it is stored. Never rejects. */
  async add(delivery: KopoKopoDelivery): Promise<DispatchResult> {
    if (this.dispatcher.isClosing) return 'closing';
    if (delivery.kind === 'result') {
      this.arrivals.arrived(delivery.resourceKey);
    }
    const { account, key, rawBody, receivedAt } = delivery;
    const job: QueuedJob = {
      kind: 'delivery',
      account,
      bytes: rawBody.toString('base64'),
      receivedAt: receivedAt.getTime(),
    };
    try {
      const id = shortHash(JSON.stringify([account, key]));
      await this.queue!.add(job, id);
      return 'queued';
    } catch {
      this.logger.error(
        `The queue is out of reach: ${key} was not taken, and Kopo Kopo has to deliver it again.`,
      );
      return 'not queued';
    }
  }

  /** Never rejects. */
  private async handle(job: QueuedJob): Promise<QueuedJobFate> {
    if (job.kind === 'check') return this.checks.look(job);
    let delivery: KopoKopoDelivery;
    try {
      delivery = parseDelivery(Buffer.from(job.bytes, 'base64'), {
        account: job.account,
        source: 'callback',
        origin: this.options.origin,
      });
    } catch {
      return { fate: 'failed', reason: 'It is no delivery.' };
    }
    return fateOf(await this.dispatcher.dispatch(delivery), job);
  }
}

function fateOf(result: DispatchResult, job: QueuedJob): QueuedJobFate {
  if (result === 'failed') {
    return { fate: 'failed', reason: 'A handler failed; the log has it.' };
  }
  const isLater = result === 'busy' || result === 'closing';
  return isLater ? { fate: 'again', inMs: BUSY, job } : DONE;
}
