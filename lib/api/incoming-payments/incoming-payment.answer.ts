import { answer, isWord, requestParts } from '../answer/answer-parts.js';
import type { Envelope } from '../answer/envelope.js';
import type { OpenWord, RequestAnswer } from '../answer/resource-answer.js';
import {
  readTransaction,
  type Transaction,
} from '../transactions/transaction.answer.js';

/**
 * A payment that a customer was asked for (API page, §7).
 *
 * @publicApi
 */
export interface IncomingPayment extends RequestAnswer {
  /** `Success` is the only one that means paid. */
  readonly status: OpenWord<'Pending' | 'Received' | 'Success' | 'Failed'>;
  /** The customer has paid. Compare `transaction.amount` with what you asked for before you deliver. */
  readonly isPaid: boolean;
  /** When it was asked for. */
  readonly initiatedAt?: Date;
  /** The money, once it has come. */
  readonly transaction?: Transaction;
}

/** @internal */
export function readIncomingPayment(envelope: Envelope): IncomingPayment {
  const { attributes } = envelope;
  const parts = requestParts(envelope);
  const event = attributes.below('event');
  const resource = event.below('resource');
  const isPaid = isWord(parts.status, 'success');
  return answer<IncomingPayment>({
    ...parts,
    isFinal: isPaid || isWord(parts.status, 'failed'),
    isPaid,
    failures: Object.freeze(event.failures('errors')),
    initiatedAt: attributes.time('initiation_time'),
    transaction: event.has('resource')
      ? readTransaction(resource, event.word('type'))
      : undefined,
    raw: attributes.rest({ event }),
  });
}
