import { freeText, text } from '../request/field-rules.js';
import { Field } from '../request/field.decorator.js';
import { KopoKopoWork } from '../request/kopokopo-request.js';

/**
 * Gives a payment of the last 30 days back to who made it (API page, §12).
 *
 * @publicApi
 */
export class ReversalRequest extends KopoKopoWork {
  /** M-PESA's code of the payment: `transaction.reference`. */
  @Field(text(50))
  transactionReference!: string;

  /** Why. */
  @Field(freeText(200))
  reason!: string;
}
