import type { Money } from '../../values/money.js';
import { answer, currencyOf, requestParts } from '../answer/answer-parts.js';
import type { Envelope } from '../answer/envelope.js';
import type { OpenWord, RequestAnswer } from '../answer/resource-answer.js';
import {
  readTransferBatches,
  type TransferBatch,
} from '../send-money/disbursement.answer.js';
import { transferState } from '../send-money/transfer-state.js';

/**
 * Money that v1 has sent: a payment or a settlement (API page, §14).
 *
 * @publicApi
 */
export interface V1Transfer extends RequestAnswer {
  /** Kopo Kopo's word for its state. */
  readonly status: OpenWord<'Scheduled' | 'Processed' | 'Transferred'>;
  /** All the money has been sent. */
  readonly isTransferred: boolean;
  /** When it was asked for. */
  readonly createdAt?: Date;
  /** How much; absent where the whole balance was settled. */
  readonly amount?: Money;
  /** What has become of the money, in batches. */
  readonly transferBatches: readonly TransferBatch[];
}

/** @internal */
export function readV1Transfer(envelope: Envelope): V1Transfer {
  const { attributes } = envelope;
  const parts = requestParts(envelope);
  const transferBatches = readTransferBatches(attributes);
  const amount = attributes.below('amount');
  return answer<V1Transfer>({
    ...parts,
    ...transferState(parts.status, transferBatches, {
      own: attributes.failures('errors'),
      expected: 1,
    }),
    createdAt: attributes.time('created_at'),
    amount: amount.money('value', currencyOf(amount)),
    transferBatches: Object.freeze(transferBatches),
    raw: attributes.rest({ amount }),
  });
}
