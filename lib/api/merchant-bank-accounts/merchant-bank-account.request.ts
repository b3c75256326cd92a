import { oneOf, optional, text } from '../request/field-rules.js';
import { Field } from '../request/field.decorator.js';

/**
 * An own bank account that Kopo Kopo settles to (API page, §10).
 *
 * @publicApi
 */
export class MerchantBankAccountRequest {
  /** Name of the account. */
  @Field(text(200))
  accountName!: string;

  /** Number of the account. */
  @Field(text(50))
  accountNumber!: string;

  /** Reference of the bank's branch, from the dashboard. */
  @Field(text(100))
  bankBranchRef!: string;

  /** `EFT` or `RTS`. */
  @Field(oneOf('EFT', 'RTS'))
  settlementMethod!: 'EFT' | 'RTS';

  /** Name under which the dashboard shows it. */
  @Field(optional(text(100)))
  nickname?: string | undefined;
}
