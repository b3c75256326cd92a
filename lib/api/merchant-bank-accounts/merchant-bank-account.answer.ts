import { answer, resourceParts } from '../answer/answer-parts.js';
import type { Envelope } from '../answer/envelope.js';
import type { OpenWord, ResourceAnswer } from '../answer/resource-answer.js';

/**
 * An own bank account that Kopo Kopo settles to (API page, §10).
 *
 * @publicApi
 */
export interface MerchantBankAccount extends ResourceAnswer {
  /** Kopo Kopo's word for its state. */
  readonly status: OpenWord<'Approved'>;
  /** Reference of the account; the dashboard has it where Kopo Kopo says `Unavailable`. */
  readonly accountReference?: string;
  /** Name of the account. */
  readonly accountName?: string;
  /** Number of the account. */
  readonly accountNumber?: string;
  /** Reference of the bank's branch. */
  readonly bankBranchRef?: string;
  /** How the bank is settled: `EFT` or `RTS`. */
  readonly settlementMethod?: string;
  /** Name under which the dashboard shows it. */
  readonly nickname?: string;
}

/** @internal */
export function readMerchantBankAccount(
  envelope: Envelope,
): MerchantBankAccount {
  const { attributes: one } = envelope;
  return answer<MerchantBankAccount>({
    ...resourceParts(envelope),
    accountReference: one.word('account_reference'),
    accountName: one.word('account_name'),
    accountNumber: one.word('account_number'),
    bankBranchRef: one.word('bank_branch_ref'),
    settlementMethod: one.word('settlement_method'),
    nickname: one.word('nickname'),
    raw: one.rest(),
  });
}
