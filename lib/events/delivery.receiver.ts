import { Inject, Injectable, type Logger } from '@nestjs/common';
import { instanceLogger } from '../config/instance-logger.js';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { laterThanTurn } from '../time/later-than-turn.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import { ApiKeys } from './api-keys.js';
import { DeliveryDispatcher } from './delivery.dispatcher.js';
import {
  headerOf,
  isEncoded,
  type KopoKopoDeliveryHeaders,
} from './delivery.headers.js';
import { accountOf, parseDelivery } from './delivery.parser.js';
import {
  type DispatchResult,
  type KopoKopoReceipt,
  RECEIPTS,
} from './delivery.receipt.js';
import { QueuedDeliveries } from './queue/queued-deliveries.js';
import { isSigned, SIGNATURE_HEADER } from './delivery-signature.js';
import type { KopoKopoDelivery } from './delivery.types.js';

/** Milliseconds for which a fault that anybody can cause is told of once. */
const TOLD_EVERY = 60_000;

/**
 * Takes the bytes of a delivery and gives the answer: verifies, reads, has it handled (answer table in
 * `delivery.receipt.ts`).
 *
 * @internal
 */
@Injectable()
export class DeliveryReceiver {
  readonly account: string;
  private readonly logger: Logger;
  private toldAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly keys: ApiKeys,
    private readonly dispatcher: DeliveryDispatcher,
    private readonly queued: QueuedDeliveries,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    this.account = accountOf(options);
    this.logger = instanceLogger('Webhooks', options);
  }

  get limit(): number {
    return this.options.webhooks.limit;
  }

  /** Never rejects. */
  async receive(
    bytes: Uint8Array,
    headers: KopoKopoDeliveryHeaders,
  ): Promise<KopoKopoReceipt> {
    if (bytes.byteLength > this.limit) return RECEIPTS['too large'];
    if (isEncoded(headers)) return RECEIPTS.encoded;
    const signature = headerOf(headers, SIGNATURE_HEADER);
    if (signature === undefined) return RECEIPTS.unsigned;
    let isGenuine: boolean;
    try {
      isGenuine = await this.verify(bytes, signature);
    } catch (error) {
      this.tell(`A delivery can't be verified: ${(error as Error).message}`);
      return RECEIPTS['no key'];
    }
    return isGenuine ? this.accept(bytes) : RECEIPTS.unsigned;
  }

  /** Rejects with a KopoKopoConfigurationError where there is no key. */
  verify(bytes: Uint8Array, signature: unknown): Promise<boolean> {
    const { known } = this.keys;
    return known === undefined
      ? this.verifyAsking(bytes, signature)
      : Promise.resolve(isSigned(bytes, signature, known));
  }

  /** @throws KopoKopoValidationError where the bytes are no JSON object */
  parse(bytes: Uint8Array): KopoKopoDelivery {
    const { origin } = this.options;
    return parseDelivery(bufferOf(bytes), {
      account: this.account,
      source: 'callback',
      origin,
    });
  }

  /** A delivery with a signature that none of the accounts knows. */
  refused(): void {
    this.tell(
      'A delivery was refused with 401: its signature is missing or wrong. If Kopo Kopo sent it, apiKey is not the key of this application.',
    );
  }

  private async verifyAsking(
    bytes: Uint8Array,
    signature: unknown,
  ): Promise<boolean> {
    return isSigned(bytes, signature, await this.keys.current());
  }

  private async accept(bytes: Uint8Array): Promise<KopoKopoReceipt> {
    let delivery: KopoKopoDelivery;
    try {
      delivery = this.parse(bytes);
    } catch {
      return RECEIPTS.unreadable;
    }
    return RECEIPTS[await this.dispatched(delivery)];
  }

  /** The handlers go on when the time for an answer is over. */
  private async dispatched(
    delivery: KopoKopoDelivery,
  ): Promise<DispatchResult> {
    let cancel = (): void => {};
    const late = new Promise<'late'>((resolve) => {
      const { timeout } = this.options.webhooks;
      const { timers } = this.runtime;
      cancel = laterThanTurn(timers, timeout, () => resolve('late'));
    });
    try {
      const taken = this.queued.isOn
        ? this.queued.add(delivery)
        : this.dispatcher.dispatch(delivery);
      return await Promise.race([taken, late]);
    } finally {
      cancel();
    }
  }

  private tell(sentence: string): void {
    const now = this.runtime.clock.now();
    if (now - this.toldAt < TOLD_EVERY) return;
    this.toldAt = now;
    this.logger.warn(sentence);
  }
}

/** The same bytes, and no copy of them. */
function bufferOf(bytes: Uint8Array): Buffer {
  const { buffer, byteOffset, byteLength } = bytes;
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(buffer, byteOffset, byteLength);
}
