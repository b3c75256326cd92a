import type { ShillingAmount } from '../../values/shillings.js';
import { mobile, optional, shillings, text } from '../request/field-rules.js';
import { Field } from '../request/field.decorator.js';
import { KopoKopoWork } from '../request/kopokopo-request.js';

/**
 * Asks a customer for money: M-PESA rings on the phone (STK push; API page, §7).
 *
 * @publicApi
 */
export class IncomingPaymentRequest extends KopoKopoWork {
  /** Online till that the money comes to, such as `K700001`. */
  @Field(text(30))
  tillNumber!: string;

  /** Customer's Kenyan mobile number, in any usual form. */
  @Field(mobile())
  phoneNumber!: string;

  /** Whole shillings, at least 1. */
  @Field(shillings())
  amount!: ShillingAmount;

  /** Customer's first name. */
  @Field(optional(text(100)))
  firstName?: string | undefined;

  /** Customer's middle name. */
  @Field(optional(text(100)))
  middleName?: string | undefined;

  /** Customer's last name. */
  @Field(optional(text(100)))
  lastName?: string | undefined;

  /** Customer's e-mail address. */
  @Field(optional(text(200)))
  email?: string | undefined;

  /** Way of payment. Default `M-PESA STK Push`, the one that Kopo Kopo documents. */
  @Field(optional(text(60)))
  paymentChannel?: string | undefined;
}
