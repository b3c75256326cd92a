import type { ShillingAmount } from '../../values/shillings.js';
import {
  callbackUrl,
  oneOf,
  optional,
  shillings,
  text,
} from '../request/field-rules.js';
import type { Problem } from '../request/field.decorator.js';
import { Field } from '../request/field.decorator.js';

/**
 * Settles to an own account; the whole balance to the default account where only `callbackUrl` is given
 * (API page, §14).
 *
 * @deprecated v1 only: send money instead.
 * @publicApi
 */
export class SettlementTransferRequest {
  /** Kind of the own account. */
  @Field(optional(oneOf('merchant_bank_account', 'merchant_wallet')))
  destinationType?: 'merchant_bank_account' | 'merchant_wallet' | undefined;

  /** Reference of the own account. */
  @Field(optional(text(100)))
  destinationReference?: string | undefined;

  /** Whole shillings, at least 1. */
  @Field(optional(shillings()))
  amount?: ShillingAmount | undefined;

  /** Where Kopo Kopo sends the result: https, or http on loopback where a sandbox is talked to. */
  @Field(optional(callbackUrl()))
  callbackUrl?: string | undefined;
}

/** All three or none: one that is forgotten must not settle the whole balance. @internal */
export function settlementProblems(
  request: SettlementTransferRequest,
): Problem[] {
  const names = ['destinationType', 'destinationReference', 'amount'] as const;
  const absent = names.filter((name) => request[name] === undefined);
  if (absent.length === 0 || absent.length === names.length) return [];
  return absent.map((name) => ({
    path: `.${name}`,
    text: 'is missing: give all of destinationType, destinationReference and amount, or none to settle the whole balance',
  }));
}
