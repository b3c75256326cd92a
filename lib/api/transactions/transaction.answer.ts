import type { Money } from '../../values/money.js';
import { answer, currencyOf } from '../answer/answer-parts.js';
import type { Attributes, UnknownFields } from '../answer/attributes.js';
import type { OpenWord } from '../answer/resource-answer.js';

/**
 * Money that came in (API page, §6.2).
 *
 * @publicApi
 */
export interface Transaction {
  /** Id of the transaction. */
  readonly id?: string;
  /** Kopo Kopo's word for its kind, such as `Buygoods Transaction`, where it was told. */
  readonly type?: string;
  /** M-PESA's code, such as `SH1ABC2DEF`: what stands on the customer's receipt. */
  readonly reference?: string;
  /** How much. */
  readonly amount?: Money;
  /** Kopo Kopo's word for its state. */
  readonly status?: OpenWord<'Received' | 'Reversed' | 'Complete'>;
  /** Such as `Lipa Na M-PESA`. */
  readonly system?: string;
  /** Till that it came to. */
  readonly tillNumber?: string;
  /** Till that it came from, between businesses. */
  readonly sendingTill?: string;
  /** Merchant that it came from. */
  readonly sendingMerchant?: string;
  /** Sender's number as `+254…`; as it came where it is masked. */
  readonly phoneNumber?: string;
  /** SHA-256 of the sender's number; see `hashPhoneNumber`. */
  readonly hashedPhoneNumber?: string;
  /** Sender's first name. */
  readonly firstName?: string;
  /** Sender's middle name. */
  readonly middleName?: string;
  /** Sender's last name. */
  readonly lastName?: string;
  /** When it took place. */
  readonly occurredAt?: Date;
  /** Fields that this version of the module does not know. */
  readonly raw: UnknownFields;
}

/** @internal */
export function readTransaction(
  resource: Attributes,
  type?: string,
): Transaction {
  return answer<Transaction>({
    id: resource.word('id'),
    type,
    reference: resource.word('reference'),
    amount: resource.money('amount', currencyOf(resource)),
    status: resource.word('status'),
    system: resource.word('system'),
    tillNumber: resource.word('till_number'),
    sendingTill: resource.word('sending_till'),
    sendingMerchant: resource.word('sending_merchant'),
    phoneNumber: resource.phone('sender_phone_number'),
    hashedPhoneNumber: resource.word('hashed_sender_phone'),
    firstName: resource.word('sender_first_name'),
    middleName: resource.word('sender_middle_name'),
    lastName: resource.word('sender_last_name'),
    occurredAt: resource.time('origination_time'),
    raw: resource.rest(),
  });
}
