import {
  answer,
  FAILED_WORDS,
  isWord,
  requestParts,
} from '../answer/answer-parts.js';
import type { Envelope } from '../answer/envelope.js';
import type { OpenWord, RequestAnswer } from '../answer/resource-answer.js';

/** A text message to who paid (API page, §14). @publicApi */
export interface TransactionSmsNotification extends RequestAnswer {
  /** Kopo Kopo's word for its state. */
  readonly status: OpenWord<'Success'>;
  /** What the payer reads. */
  readonly message?: string;
  /** Id of the webhook event that told of the payment. */
  readonly webhookEventReference?: string;
}

/** @internal */
export function readTransactionSmsNotification(
  envelope: Envelope,
): TransactionSmsNotification {
  const { attributes } = envelope;
  const parts = requestParts(envelope);
  return answer<TransactionSmsNotification>({
    ...parts,
    isFinal: isWord(parts.status, 'success', ...FAILED_WORDS),
    failures: Object.freeze(attributes.failures('errors')),
    message: attributes.word('message'),
    webhookEventReference: attributes.word('webhook_event_reference'),
    raw: attributes.rest(),
  });
}
