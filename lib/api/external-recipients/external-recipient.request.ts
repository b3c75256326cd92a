import { mobile, oneOf, optional, text } from '../request/field-rules.js';
import { Field } from '../request/field.decorator.js';

abstract class RecipientRequest {
  /** Name under which the dashboard shows it. */
  @Field(optional(text(100)))
  nickname?: string | undefined;
}

/** A phone's wallet that money may be sent to. @publicApi */
export class MobileWalletRecipientRequest extends RecipientRequest {
  /** Kind, in Kopo Kopo's word. */
  @Field(oneOf('mobile_wallet'))
  type!: 'mobile_wallet';

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

  /** E-mail address. */
  @Field(optional(text(200)))
  email?: string | undefined;
}

/** A bank account that money may be sent to. @publicApi */
export class BankAccountRecipientRequest extends RecipientRequest {
  /** Kind, in Kopo Kopo's word. */
  @Field(oneOf('bank_account'))
  type!: 'bank_account';

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
  @Field(optional(oneOf('EFT', 'RTS')))
  settlementMethod?: 'EFT' | 'RTS' | undefined;
}

/** A till that money may be sent to. @publicApi */
export class TillRecipientRequest extends RecipientRequest {
  /** Kind, in Kopo Kopo's word. */
  @Field(oneOf('till'))
  type!: 'till';

  /** Name of the till. */
  @Field(text(200))
  tillName!: string;

  /** Number of the till. */
  @Field(text(30))
  tillNumber!: string;
}

/** A paybill that money may be sent to. @publicApi */
export class PaybillRecipientRequest extends RecipientRequest {
  /** Kind, in Kopo Kopo's word. */
  @Field(oneOf('paybill'))
  type!: 'paybill';

  /** Name of the paybill. */
  @Field(text(200))
  paybillName!: string;

  /** Number of the paybill. */
  @Field(text(30))
  paybillNumber!: string;

  /** Account at the paybill. */
  @Field(text(50))
  paybillAccountNumber!: string;
}

/** Somebody that money may be sent to; `type` tells which kind (API page, §9). @publicApi */
export type ExternalRecipientRequest =
  | MobileWalletRecipientRequest
  | BankAccountRecipientRequest
  | TillRecipientRequest
  | PaybillRecipientRequest;

/** @internal */
export const RECIPIENTS = {
  mobile_wallet: MobileWalletRecipientRequest,
  bank_account: BankAccountRecipientRequest,
  till: TillRecipientRequest,
  paybill: PaybillRecipientRequest,
} as const;
