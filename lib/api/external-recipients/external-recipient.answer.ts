import { answer, resourceParts, snakeWord } from '../answer/answer-parts.js';
import type { Envelope } from '../answer/envelope.js';
import type { OpenWord, ResourceAnswer } from '../answer/resource-answer.js';

/**
 * Somebody that money may be sent to (API page, §9).
 *
 * @publicApi
 */
export interface ExternalRecipient extends ResourceAnswer {
  /** Kopo Kopo's word for its state. */
  readonly status: OpenWord<'Approved'>;
  /** Kind of the recipient, such as `mobile_wallet`. */
  readonly recipientType?: OpenWord<
    'mobile_wallet' | 'bank_account' | 'till' | 'paybill'
  >;
  /** Other name of the account. */
  readonly accountAlias?: string;
  /** Reference of the recipient; the dashboard has it where Kopo Kopo says `Unavailable`. */
  readonly recipientReference?: string;
  /** First name. */
  readonly firstName?: string;
  /** Last name. */
  readonly lastName?: string;
  /** Phone number as `+254…`; as it came where it is masked. */
  readonly phoneNumber?: string;
  /** Network of the number, such as `Safaricom`. */
  readonly network?: string;
  /** E-mail address. */
  readonly email?: string;
  /** Name of the account. */
  readonly accountName?: string;
  /** Number of the account. */
  readonly accountNumber?: string;
  /** Reference of the bank's branch. */
  readonly bankBranchRef?: string;
  /** How the bank is settled: `EFT` or `RTS`. */
  readonly settlementMethod?: string;
  /** Name of the till. */
  readonly tillName?: string;
  /** Number of the till. */
  readonly tillNumber?: string;
  /** Name of the paybill. */
  readonly paybillName?: string;
  /** Number of the paybill. */
  readonly paybillNumber?: string;
  /** Account at the paybill. */
  readonly paybillAccountNumber?: string;
  /** Name under which the dashboard shows it. */
  readonly nickname?: string;
}

/** @internal */
export function readExternalRecipient(envelope: Envelope): ExternalRecipient {
  const { attributes: one } = envelope;
  return answer<ExternalRecipient>({
    ...resourceParts(envelope),
    recipientType: snakeWord(one.word('recipient_type')),
    accountAlias: one.word('account_alias'),
    recipientReference: one.word('recipient_reference'),
    firstName: one.word('first_name'),
    lastName: one.word('last_name'),
    phoneNumber: one.phone('phone_number'),
    network: one.word('network'),
    email: one.word('email'),
    accountName: one.word('account_name'),
    accountNumber: one.word('account_number'),
    bankBranchRef: one.word('bank_branch_ref'),
    settlementMethod: one.word('settlement_method'),
    tillName: one.word('till_name'),
    tillNumber: one.word('till_number'),
    paybillName: one.word('paybill_name'),
    paybillNumber: one.word('paybill_number'),
    paybillAccountNumber: one.word('paybill_account_number'),
    nickname: one.word('nickname'),
    raw: one.rest(),
  });
}
