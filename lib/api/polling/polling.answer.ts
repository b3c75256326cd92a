import {
  answer,
  FAILED_WORDS,
  isWord,
  requestParts,
} from '../answer/answer-parts.js';
import type { Envelope } from '../answer/envelope.js';
import type { OpenWord, RequestAnswer } from '../answer/resource-answer.js';
import {
  readTransaction,
  type Transaction,
} from '../transactions/transaction.answer.js';

/**
 * The transactions of a time (API page, §13).
 *
 * @publicApi
 */
export interface Polling extends RequestAnswer {
  /** Kopo Kopo's word for its state. */
  readonly status: OpenWord<'Pending' | 'Success' | 'Failed'>;
  /** `till` or `company`. */
  readonly scope?: OpenWord<'till' | 'company'>;
  /** Number of the till; absent for the company. */
  readonly scopeReference?: string;
  /** The first moment. */
  readonly from?: Date;
  /** The last moment. */
  readonly to?: Date;
  /** What came in; one that was given back has the status `Reversed`. */
  readonly transactions: readonly Transaction[];
}

/** @internal */
export function readPolling(envelope: Envelope): Polling {
  const { attributes } = envelope;
  const parts = requestParts(envelope);
  const items = attributes.list('transactions');
  return answer<Polling>({
    ...parts,
    isFinal: isWord(parts.status, 'success', ...FAILED_WORDS),
    failures: Object.freeze(attributes.failures('errors')),
    scope: attributes.word('scope')?.toLowerCase(),
    scopeReference: attributes.word('scope_reference'),
    from: attributes.time('from_time'),
    to: attributes.time('to_time'),
    transactions: Object.freeze(
      items.map((item) =>
        readTransaction(item.below('resource'), item.word('type')),
      ),
    ),
    raw: attributes.rest(),
  });
}
