import { mobile, optional, text } from '../request/field-rules.js';
import { Field } from '../request/field.decorator.js';

/**
 * An own wallet that Kopo Kopo settles to (API page, §10).
 *
 * @publicApi
 */
export class MerchantWalletRequest {
  /** First name. */
  @Field(text(100))
  firstName!: string;

  /** Last name. */
  @Field(text(100))
  lastName!: string;

  /** Kenyan mobile number, in any usual form. */
  @Field(mobile())
  phoneNumber!: string;

  /** Network of the number, such as `Safaricom`. */
  @Field(text(50))
  network!: string;

  /** Name under which the dashboard shows it. */
  @Field(optional(text(100)))
  nickname?: string | undefined;
}
