import { DelayedError, Queue, Worker } from 'bullmq';
import {
  type BullMqDeliveryQueueOptions,
  QueueOverBullMq,
} from './queue-over-bullmq.js';

/**
 * Keeps deliveries in BullMQ until their handlers have succeeded: Kopo Kopo has its 200 as soon as the job is
 * stored, and a process that dies loses nothing. Jobs hold names and phone numbers: keep its Redis as you keep your
 * database.
 *
 * @example
 * ```ts
 * webhooks: { queue: new BullMqDeliveryQueue({ url: 'redis://queue:6379' }) }
 * ```
 * @publicApi
 */
export class BullMqDeliveryQueue extends QueueOverBullMq {
  /** @throws KopoKopoConfigurationError for wrong options; nothing is connected yet */
  constructor(options: BullMqDeliveryQueueOptions) {
    super(options, { DelayedError, Queue, Worker });
  }
}
