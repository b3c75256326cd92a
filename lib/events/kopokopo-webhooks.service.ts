import type { KopoKopoTopic } from '../api/webhook-subscriptions/webhook-subscription.request.js';
import { KopoKopoValidationError } from '../errors/validation.error.js';
import type { DeliveryHandlers } from './delivery-handlers.js';
import type { KopoKopoDeliveryHeaders } from './delivery.headers.js';
import { type KopoKopoReceipt, RECEIPTS } from './delivery.receipt.js';
import type { DeliveryReceiver } from './delivery.receiver.js';
import type { KopoKopoDelivery } from './delivery.types.js';

/**
 * Deliveries that come by another way than the module's own route: a controller of yours, a queue, a
 * serverless function.
 *
 * @example
 * ```ts
 * const { status } = await webhooks.receive(bytes, request.headers);
 * ```
 * @publicApi
 */
export class KopoKopoWebhooks {
  /** @internal */
  constructor(
    private readonly receiver: DeliveryReceiver,
    private readonly handlers: DeliveryHandlers,
  ) {}

  /**
   * Did Kopo Kopo sign these bytes? They must be those that came: JSON that was parsed and written again is
   * another text.
   *
   * @param signature value of `X-KopoKopo-Signature`; anything else than one of 64 hex digits is none
   * @throws KopoKopoConfigurationError where `apiKey` is not set, or its function fails
   * @throws KopoKopoValidationError where `bytes` are none
   */
  verify(
    bytes: Uint8Array | string,
    signature: string | undefined,
  ): Promise<boolean> {
    try {
      return this.receiver.verify(bytesOf(bytes), signature);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  /**
   * Reads bytes that were verified; they become `rawBody` and are not copied.
   *
   * @throws KopoKopoValidationError where they are no JSON object
   */
  parse(bytes: Uint8Array | string): KopoKopoDelivery {
    return this.receiver.parse(bytesOf(bytes));
  }

  /**
   * Verifies, reads and has the handlers called: all that the route does. Answer with `status`.
   *
   * @throws KopoKopoValidationError where `bytes` are none
   */
  async receive(
    bytes: Uint8Array | string,
    headers: KopoKopoDeliveryHeaders,
  ): Promise<KopoKopoReceipt> {
    const receipt = await this.receiver.receive(bytesOf(bytes), headers ?? {});
    if (receipt === RECEIPTS.unsigned) this.receiver.refused();
    return receipt;
  }

  /** Topics that the handlers of this account hear: what subscriptions are needed for. */
  topics(): readonly KopoKopoTopic[] {
    const topics = this.handlers
      .of(this.receiver.account)
      .flatMap(({ listens }) => listens)
      .filter(({ kind }) => kind === 'webhook')
      .map(({ word }) => word as KopoKopoTopic);
    return [...new Set(topics)];
  }
}

function bytesOf(bytes: Uint8Array | string): Uint8Array {
  if (typeof bytes === 'string') return Buffer.from(bytes);
  if (bytes instanceof Uint8Array) return bytes;
  throw new KopoKopoValidationError(
    'Pass the bytes of the delivery as they came: a Buffer, or a text. A body that was parsed can not be verified; with rawBody: true they are in request.rawBody.',
  );
}
