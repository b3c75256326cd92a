import type { Money } from '../../values/money.js';
import {
  answer,
  currencyOf,
  requestParts,
  snakeWord,
} from '../answer/answer-parts.js';
import type { Attributes, UnknownFields } from '../answer/attributes.js';
import type { Envelope } from '../answer/envelope.js';
import type { OpenWord, RequestAnswer } from '../answer/resource-answer.js';
import {
  readTransferBatches,
  type TransferBatch,
} from './disbursement.answer.js';
import { transferState } from './transfer-state.js';

/** A destination as Kopo Kopo has understood it. @publicApi */
export interface SentDestination {
  /** Kind, in Kopo Kopo's word. */
  readonly type?: string;
  /** How much. */
  readonly amount?: Money;
  /** What it is for. */
  readonly description?: string;
  /** Name under which the dashboard shows it. */
  readonly nickname?: string;
  /** Whether the dashboard keeps it among the favourites. */
  readonly favourite?: boolean;
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
  /** Reference of an own account. */
  readonly reference?: string;
  /** Fields that this version of the module does not know. */
  readonly raw: UnknownFields;
}

/**
 * Money that was sent (API page, §8).
 *
 * @publicApi
 */
export interface SendMoney extends RequestAnswer {
  /** `Processed` means handled, not sent: look at `isTransferred`. */
  readonly status: OpenWord<'Scheduled' | 'Processed'>;
  /** All the money has been sent: every disbursement is `Transferred`, and there is one for each destination. */
  readonly isTransferred: boolean;
  /** When it was asked for. */
  readonly createdAt?: Date;
  /** Till that is debited. */
  readonly sourceIdentifier?: string;
  /** ISO 4217 code; `KES`. */
  readonly currency: string;
  /** Where to, as Kopo Kopo has understood it. */
  readonly destinations: readonly SentDestination[];
  /** What has become of the money, in batches. */
  readonly transferBatches: readonly TransferBatch[];
}

/** @internal */
export function readSendMoney(envelope: Envelope): SendMoney {
  const { attributes } = envelope;
  const parts = requestParts(envelope);
  const destinations = attributes.list('destinations').map(readDestination);
  const transferBatches = readTransferBatches(attributes);
  return answer<SendMoney>({
    ...parts,
    ...transferState(parts.status, transferBatches, {
      own: attributes.failures('errors'),
      expected: destinations.length,
    }),
    createdAt: attributes.time('created_at'),
    sourceIdentifier: attributes.word('source_identifier'),
    currency: currencyOf(attributes),
    destinations: Object.freeze(destinations),
    transferBatches: Object.freeze(transferBatches),
    raw: attributes.rest(),
  });
}

function readDestination(one: Attributes): SentDestination {
  return answer<SentDestination>({
    type: snakeWord(one.word('type')),
    amount: one.money('amount'),
    description: one.word('description'),
    nickname: one.word('nickname'),
    favourite: one.flag('favourite'),
    phoneNumber: one.phone('phone_number'),
    network: one.word('network'),
    bankBranchRef: one.word('bank_branch_ref'),
    accountName: one.word('account_name'),
    accountNumber: one.word('account_number'),
    tillNumber: one.word('till_number'),
    paybillNumber: one.word('paybill_number'),
    paybillAccountNumber: one.word('paybill_account_number'),
    reference: one.word('reference'),
    raw: one.rest(),
  });
}
