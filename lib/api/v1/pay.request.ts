import type { ShillingAmount } from '../../values/shillings.js';
import { freeText, optional, shillings, text } from '../request/field-rules.js';
import { Field } from '../request/field.decorator.js';
import { KopoKopoWork } from '../request/kopokopo-request.js';

/**
 * Pays a recipient (API page, §14).
 *
 * @deprecated v1 only: send money instead.
 * @publicApi
 */
export class PayRequest extends KopoKopoWork {
  /** Kind of the recipient, such as `mobile_wallet`. */
  @Field(text(50))
  destinationType!: string;

  /** Reference of the recipient. */
  @Field(text(100))
  destinationReference!: string;

  /** Whole shillings, at least 1. */
  @Field(shillings())
  amount!: ShillingAmount;

  /** What it is for. */
  @Field(freeText(200))
  description!: string;

  /** Kind of expense, such as `general`. */
  @Field(optional(text(100)))
  category?: string | undefined;

  /** Words to find it by, with commas between them. */
  @Field(optional(text(200)))
  tags?: string | undefined;
}
