import type { ShillingAmount } from '../../values/shillings.js';
import { freeText, optional, shillings, text } from '../request/field-rules.js';
import { Field } from '../request/field.decorator.js';
import { KopoKopoWork } from '../request/kopokopo-request.js';

/**
 * A link by which somebody pays (API page, §11).
 *
 * @publicApi
 */
export class PaymentLinkRequest extends KopoKopoWork {
  /** Till that the money comes to. */
  @Field(text(30))
  tillNumber!: string;

  /** Whole shillings, at least 1. */
  @Field(shillings())
  amount!: ShillingAmount;

  /** What the payer sees as reference, such as `INV-9`. */
  @Field(optional(text(100)))
  paymentReference?: string | undefined;

  /** What the payer reads. */
  @Field(optional(freeText()))
  note?: string | undefined;
}
