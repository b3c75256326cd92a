import { answer, resourceParts, snakeWord } from '../answer/answer-parts.js';
import type { Envelope } from '../answer/envelope.js';
import type { OpenWord, ResourceAnswer } from '../answer/resource-answer.js';

/**
 * Somebody that money may be sent to (API page, §9).
 *
 * @publicApi
 */
export interface ExternalRecipient extends ResourceAnswer {
  readonly status: OpenWord<'Approved'>;
  /** Kind of the recipient, such as `mobile_wallet`. */
  readonly recipientType?: OpenWord<
    'mobile_wallet' | 'bank_account' | 'till' | 'paybill'
  >;
  readonly accountAlias?: string;
  /** Reference of the recipient; the dashboard has it where Kopo Kopo says `Unavailable`. */
  readonly recipientReference?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly phoneNumber?: string;
  readonly network?: string;
  readonly email?: string;
  readonly accountName?: string;
  readonly accountNumber?: string;
  readonly bankBranchRef?: string;
  readonly settlementMethod?: string;
  readonly tillName?: string;
  readonly tillNumber?: string;
  readonly paybillName?: string;
  readonly paybillNumber?: string;
  readonly paybillAccountNumber?: string;
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
