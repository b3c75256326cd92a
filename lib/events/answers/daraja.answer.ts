import { answer } from '../../api/answer/answer-parts.js';
import type { Attributes, UnknownFields } from '../../api/answer/attributes.js';
import { darajaInstantOf } from '../../values/instants.js';
import type { Money } from '../../values/money.js';

/**
 * A payment in the form of Safaricom's Daraja, for subscriptions with `enableDarajaPayload` (API page, §6.3).
 *
 * @publicApi
 */
export interface DarajaPayment {
  /** Kopo Kopo spells it in several ways: do not switch on it. */
  readonly type?: string;
  /** M-PESA's code, such as `SH1ABC2DEF`. */
  readonly reference?: string;
  /** How much; Daraja's form knows no currency: shillings. */
  readonly amount?: Money;
  /** Till that it came to. */
  readonly tillNumber?: string;
  /** When it took place; without an offset on the wire, read as East Africa Time. */
  readonly occurredAt?: Date;
  /** The payer: a number as `+254…`, the hash of one, or the sending till. */
  readonly payer?: string;
  /** Payer's first name, or the name of a business. */
  readonly firstName?: string;
  /** Payer's middle name. */
  readonly middleName?: string;
  /** Payer's last name. */
  readonly lastName?: string;
  /** The account that the payer gave. */
  readonly billReference?: string;
  /** Id of a third party. */
  readonly thirdPartyId?: string;
  /** Fields that this version of the module does not know. */
  readonly raw: UnknownFields;
}

/** @internal */
export function readDaraja(body: Attributes): DarajaPayment {
  const time = body.word('TransTime');
  const thirdParty = [
    body.word('ThirdPartyTransId'),
    body.word('ThirdPartyTransID'),
  ];
  return answer<DarajaPayment>({
    type: body.word('TransactionType'),
    reference: body.word('TransID'),
    amount: body.money('TransAmount'),
    tillNumber: body.word('BusinessShortCode'),
    occurredAt: time === undefined ? undefined : darajaInstantOf(time),
    payer: body.phone('MSISDN'),
    firstName: body.word('FirstName'),
    middleName: body.word('MiddleName'),
    lastName: body.word('LastName'),
    billReference: body.word('BillRefNumber'),
    thirdPartyId: thirdParty.find((one) => one !== undefined),
    raw: body.rest(),
  });
}
