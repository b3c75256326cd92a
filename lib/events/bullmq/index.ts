/**
 * `nestjs-kopokopo/bullmq`: deliveries that survive the process.
 *
 * @module bullmq
 */
export { BullMqDeliveryQueue } from './bullmq-delivery.queue.js';
export type { BullMqDeliveryQueueOptions } from './queue-over-bullmq.js';
