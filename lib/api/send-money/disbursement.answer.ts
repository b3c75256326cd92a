import type { Money } from '../../values/money.js';
import { answer, isWord, snakeWord } from '../answer/answer-parts.js';
import type { Attributes, UnknownFields } from '../answer/attributes.js';
import type { OpenWord } from '../answer/resource-answer.js';

/**
 * The money for one destination. Match it by phone number, account or reference, never by
 * its place in the list: the order may be another one (API page, §8).
 *
 * @publicApi
 */
export interface Disbursement {
  /** Kind of the destination, such as `mobile_wallet`. */
  readonly destinationType?: string;
  /** How much. */
  readonly amount?: Money;
  /** `Transferred` is the only one that means sent. */
  readonly status?: OpenWord<'Transferred'>;
  /** The money has been sent. */
  readonly isTransferred: boolean;
  /** Why it failed, in Kopo Kopo's words. */
  readonly failures: readonly string[];
  /** When it took place. */
  readonly occurredAt?: Date;
  /** Kopo Kopo's reference of the destination. */
  readonly destinationReference?: string;
  /** M-PESA's or the bank's code; a bank may give none. */
  readonly transactionReference?: string;
  /** Phone number as `+254…`; as it came where it is masked. */
  readonly phoneNumber?: string;
  /** Network of the number, such as `Safaricom`. */
  readonly network?: string;
  /** Reference of the bank's branch. */
  readonly bankBranchRef?: string;
  /** Name of the account. */
  readonly accountName?: string;
  /** Number of the account. */
  readonly accountNumber?: string;
  /** Number of the till. */
  readonly tillNumber?: string;
  /** Number of the paybill. */
  readonly paybillNumber?: string;
  /** Account at the paybill. */
  readonly paybillAccountNumber?: string;
  /** Name under which the dashboard shows it. */
  readonly nickname?: string;
  /** Whether the dashboard keeps it among the favourites. */
  readonly favourite?: boolean;
  /** Fields that this version of the module does not know. */
  readonly raw: UnknownFields;
}

/** Disbursements that Kopo Kopo sends together. @publicApi */
export interface TransferBatch {
  /** Kopo Kopo's word for its state. */
  readonly status?: string;
  /** How much. */
  readonly amount?: Money;
  /** Money for one destination each. */
  readonly disbursements: readonly Disbursement[];
  /** Fields that this version of the module does not know. */
  readonly raw: UnknownFields;
}

/** @internal */
export function readTransferBatches(attributes: Attributes): TransferBatch[] {
  return attributes.list('transfer_batches').map((batch) =>
    answer<TransferBatch>({
      status: batch.word('status'),
      amount: batch.money('amount'),
      disbursements: Object.freeze(
        batch.list('disbursements').map(readDisbursement),
      ),
      raw: batch.rest(),
    }),
  );
}

function readDisbursement(one: Attributes): Disbursement {
  const status = one.word('status');
  return answer<Disbursement>({
    destinationType: snakeWord(one.word('destination_type')),
    amount: one.money('amount'),
    status,
    isTransferred: isWord(status, 'transferred'),
    failures: Object.freeze(one.failures('errors')),
    occurredAt: one.time('origination_time'),
    destinationReference: one.word('destination_reference'),
    transactionReference: one.word('transaction_reference'),
    phoneNumber: one.phone('phone_number'),
    network: one.word('network'),
    bankBranchRef: one.word('bank_branch_ref'),
    accountName: one.word('account_name'),
    accountNumber: one.word('account_number'),
    tillNumber: one.word('till_number'),
    paybillNumber: one.word('paybill_number'),
    paybillAccountNumber: one.word('paybill_account_number'),
    nickname: one.word('nickname'),
    favourite: one.flag('favourite'),
    raw: one.rest(),
  });
}
