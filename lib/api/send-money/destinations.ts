import type { ShillingAmount } from '../../values/shillings.js';
import {
  flag,
  freeText,
  mobile,
  oneOf,
  optional,
  shillings,
  text,
} from '../request/field-rules.js';
import { Field } from '../request/field.decorator.js';

/** What Kopo Kopo lets a payout be, in shillings (API page, §8). */
const LIMITS = { min: 10, max: 250_000 };

/** What every destination has. @publicApi */
export abstract class SendMoneyDestinationBase {
  /** Whole shillings, from 10 to 250,000. */
  @Field(shillings(LIMITS))
  amount!: ShillingAmount;

  /** Name under which the dashboard shows it. */
  @Field(optional(text(100)))
  nickname?: string | undefined;

  /** Whether the dashboard keeps it among the favourites. */
  @Field(optional(flag()))
  favourite?: boolean | undefined;
}

/** A destination of others: Kopo Kopo wants to know what for. @publicApi */
export abstract class ExternalDestination extends SendMoneyDestinationBase {
  /** What it is for. */
  @Field(freeText(200))
  description!: string;
}

/** An own account of the merchant. @publicApi */
export abstract class OwnDestination extends SendMoneyDestinationBase {
  /** Reference of the account, from the dashboard. */
  @Field(text(100))
  reference!: string;

  /** What it is for. */
  @Field(optional(freeText(200)))
  description?: string | undefined;
}

/** A phone's wallet. @publicApi */
export class MobileWalletDestination extends ExternalDestination {
  /** Kind, in Kopo Kopo's word. */
  @Field(oneOf('mobile_wallet'))
  type!: 'mobile_wallet';

  /** Kenyan mobile number, in any usual form. */
  @Field(mobile())
  phoneNumber!: string;

  /** Network of the number, such as `Safaricom`. */
  @Field(text(50))
  network!: string;
}

/** A bank account. @publicApi */
export class BankAccountDestination extends ExternalDestination {
  /** Kind, in Kopo Kopo's word. */
  @Field(oneOf('bank_account'))
  type!: 'bank_account';

  /** Reference of the bank's branch, from the dashboard. */
  @Field(text(100))
  bankBranchRef!: string;

  /** Name of the account. */
  @Field(text(200))
  accountName!: string;

  /** Number of the account. */
  @Field(text(50))
  accountNumber!: string;
}

/** A till. @publicApi */
export class TillDestination extends ExternalDestination {
  /** Kind, in Kopo Kopo's word. */
  @Field(oneOf('till'))
  type!: 'till';

  /** Number of the till. */
  @Field(text(30))
  tillNumber!: string;
}

/** A paybill. @publicApi */
export class PaybillDestination extends ExternalDestination {
  /** Kind, in Kopo Kopo's word. */
  @Field(oneOf('paybill'))
  type!: 'paybill';

  /** Number of the paybill. */
  @Field(text(30))
  paybillNumber!: string;

  /** Account at the paybill. */
  @Field(text(50))
  paybillAccountNumber!: string;
}

/** The merchant's own wallet. @publicApi */
export class MerchantWalletDestination extends OwnDestination {
  /** Kind, in Kopo Kopo's word. */
  @Field(oneOf('merchant_wallet'))
  type!: 'merchant_wallet';
}

/** The merchant's own bank account. @publicApi */
export class MerchantBankAccountDestination extends OwnDestination {
  /** Kind, in Kopo Kopo's word. */
  @Field(oneOf('merchant_bank_account'))
  type!: 'merchant_bank_account';
}

/** Where money is sent to; `type` tells which. @publicApi */
export type SendMoneyDestination =
  | MobileWalletDestination
  | BankAccountDestination
  | TillDestination
  | PaybillDestination
  | MerchantWalletDestination
  | MerchantBankAccountDestination;

/** @internal */
export const DESTINATIONS = {
  mobile_wallet: MobileWalletDestination,
  bank_account: BankAccountDestination,
  till: TillDestination,
  paybill: PaybillDestination,
  merchant_wallet: MerchantWalletDestination,
  merchant_bank_account: MerchantBankAccountDestination,
} as const;
