import { answer, currencyOf } from '../../api/answer/answer-parts.js';
import type { Attributes, UnknownFields } from '../../api/answer/attributes.js';
import type { OpenWord } from '../../api/answer/resource-answer.js';
import type { Money } from '../../values/money.js';

/**
 * A customer who paid for the first time (API page, §6.2).
 *
 * @publicApi
 */
export interface CustomerCreated {
  /** Customer's first name. */
  readonly firstName?: string;
  /** Customer's middle name. */
  readonly middleName?: string;
  /** Customer's last name. */
  readonly lastName?: string;
  /** Customer's number as `+254…`; as it came where it is masked. */
  readonly phoneNumber?: string;
  /** Fields that this version of the module does not know. */
  readonly raw: UnknownFields;
}

/**
 * A payment by card (API page, §6.2; Kopo Kopo documents only the names of its fields).
 *
 * @publicApi
 */
export interface CardTransaction {
  /** Id of the transaction. */
  readonly id?: string;
  /** Kopo Kopo's reference. */
  readonly reference?: string;
  /** How much. */
  readonly amount?: Money;
  /** Kopo Kopo's word for its state. */
  readonly status?: string;
  /** Till that it came to. */
  readonly tillNumber?: string;
  /** The part of the card's number that Kopo Kopo tells. */
  readonly cardNumber?: string;
  /** Whether it has been settled. */
  readonly settled?: boolean;
  /** When it took place. */
  readonly occurredAt?: Date;
  /** Fields that this version of the module does not know. */
  readonly raw: UnknownFields;
}

/** Money that has left for one of the own accounts. @publicApi */
export interface SettlementDisbursement {
  /** How much. */
  readonly amount?: Money;
  /** Kopo Kopo's word for its state. */
  readonly status?: OpenWord<'Transferred'>;
  /** When it took place. */
  readonly occurredAt?: Date;
  /** M-PESA's or the bank's code; a bank may give none. */
  readonly transactionReference?: string;
  /** Fields that this version of the module does not know. */
  readonly raw: UnknownFields;
}

/**
 * A settlement to an own account that is done (API page, §6.2).
 *
 * @publicApi
 */
export interface SettlementCompleted {
  /** Id of the settlement. */
  readonly id?: string;
  /** How much. */
  readonly amount?: Money;
  /** Kopo Kopo's word for its state. */
  readonly status?: OpenWord<'Transferred'>;
  /** When it took place. */
  readonly occurredAt?: Date;
  /** Kind of the account, such as `Bank Account` or `Mobile Wallet`. */
  readonly destinationType?: OpenWord<'Bank Account' | 'Mobile Wallet'>;
  /** The account, by Kopo Kopo's names. */
  readonly destination: UnknownFields;
  /** The movements of the money. */
  readonly disbursements: readonly SettlementDisbursement[];
  /** Fields that this version of the module does not know. */
  readonly raw: UnknownFields;
}

/** An event of a topic that this version of the module does not know. @publicApi */
export interface UnknownEvent {
  /** Kopo Kopo's word for its kind, where it was told. */
  readonly type?: string;
  /** The resource, by its names on the wire. */
  readonly raw: UnknownFields;
}

/** @internal */
export function readCustomer(resource: Attributes): CustomerCreated {
  return answer<CustomerCreated>({
    firstName: resource.word('first_name'),
    middleName: resource.word('middle_name'),
    lastName: resource.word('last_name'),
    phoneNumber: resource.phone('phone_number'),
    raw: resource.rest(),
  });
}

/** @internal */
export function readCardTransaction(resource: Attributes): CardTransaction {
  return answer<CardTransaction>({
    id: resource.word('id'),
    reference: resource.word('reference'),
    amount: resource.money('amount', currencyOf(resource)),
    status: resource.word('status'),
    tillNumber: resource.word('till_number'),
    cardNumber: resource.word('customer_cc_number'),
    settled: resource.flag('settled'),
    occurredAt: resource.time('origination_time'),
    raw: resource.rest(),
  });
}

/** @internal */
export function readSettlement(resource: Attributes): SettlementCompleted {
  const destination = resource.below('destination');
  const disbursements = resource.list('disbursements').map((one) =>
    answer<SettlementDisbursement>({
      amount: one.money('amount'),
      status: one.word('status'),
      occurredAt: one.time('origination_time'),
      transactionReference: one.word('transaction_reference'),
      raw: one.rest(),
    }),
  );
  return answer<SettlementCompleted>({
    id: resource.word('id'),
    amount: resource.money('amount', currencyOf(resource)),
    status: resource.word('status'),
    occurredAt: resource.time('origination_time'),
    destinationType: destination.word('type'),
    destination: destination.pairs('resource'),
    disbursements: Object.freeze(disbursements),
    raw: resource.rest({ destination }),
  });
}
