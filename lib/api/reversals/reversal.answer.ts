import type { Money } from '../../values/money.js';
import {
  answer,
  FAILED_WORDS,
  isWord,
  requestParts,
} from '../answer/answer-parts.js';
import type { Envelope } from '../answer/envelope.js';
import type { OpenWord, RequestAnswer } from '../answer/resource-answer.js';

/**
 * A payment that is given back (API page, §12).
 *
 * @publicApi
 */
export interface Reversal extends RequestAnswer {
  /** `Processed` means handled, not given back: look at `isReversed`. */
  readonly status: OpenWord<'Scheduled' | 'Received' | 'Processed'>;
  /** The money has been given back. */
  readonly isReversed: boolean;
  /** When it was asked for. */
  readonly createdAt?: Date;
  /** M-PESA's code of the payment that is given back. */
  readonly transactionReference?: string;
  /** Why it is given back. */
  readonly reason?: string;
  /** State of the money that goes back. */
  readonly transferStatus?: OpenWord<'Transferred' | 'Cancelled'>;
  /** How much. */
  readonly amount?: Money;
  /** When the money went back. */
  readonly occurredAt?: Date;
  /** M-PESA's code of the money that went back. */
  readonly reversalReference?: string;
}

/** @internal */
export function readReversal(envelope: Envelope): Reversal {
  const { attributes } = envelope;
  const parts = requestParts(envelope);
  const transfer = attributes.below('reversal_bulk_payment');
  const transferStatus = transfer.word('status');
  const failures = attributes.failures('errors');
  const isHandled = isWord(parts.status, 'processed');
  const isReversed = isHandled && isWord(transferStatus, 'transferred');
  const hasFailed =
    isWord(parts.status, ...FAILED_WORDS) ||
    (isHandled &&
      (failures.length > 0 || isWord(transferStatus, ...FAILED_WORDS)));
  return answer<Reversal>({
    ...parts,
    isReversed,
    isFinal: isReversed || hasFailed,
    failures: Object.freeze(failures),
    createdAt: attributes.time('created_at'),
    transactionReference: attributes.word('transaction_reference'),
    reason: attributes.word('reason'),
    transferStatus,
    amount: transfer.money('amount'),
    occurredAt: transfer.time('origination_time'),
    reversalReference: transfer.word('transaction_reference'),
    raw: attributes.rest({ reversal_bulk_payment: transfer }),
  });
}
