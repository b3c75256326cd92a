import { answer, resourceParts } from '../answer/answer-parts.js';
import type { Envelope } from '../answer/envelope.js';
import type { OpenWord, ResourceAnswer } from '../answer/resource-answer.js';

/**
 * An own wallet that Kopo Kopo settles to (API page, §10).
 *
 * @publicApi
 */
export interface MerchantWallet extends ResourceAnswer {
  /** Kopo Kopo's word for its state. */
  readonly status: OpenWord<'Approved'>;
  /** Reference of the wallet; the dashboard has it where Kopo Kopo says `Unavailable`. */
  readonly accountReference?: string;
  /** First name. */
  readonly firstName?: string;
  /** Last name. */
  readonly lastName?: string;
  /** Phone number as `+254…`; as it came where it is masked. */
  readonly phoneNumber?: string;
  /** Network of the number, such as `Safaricom`. */
  readonly network?: string;
  /** Name under which the dashboard shows it. */
  readonly nickname?: string;
}

/** @internal */
export function readMerchantWallet(envelope: Envelope): MerchantWallet {
  const { attributes: one } = envelope;
  return answer<MerchantWallet>({
    ...resourceParts(envelope),
    accountReference: one.word('account_reference'),
    firstName: one.word('first_name'),
    lastName: one.word('last_name'),
    phoneNumber: one.phone('phone_number'),
    network: one.word('network'),
    nickname: one.word('nickname'),
    raw: one.rest(),
  });
}
