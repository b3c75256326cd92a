import type { Money } from '../../values/money.js';
import {
  answer,
  currencyOf,
  FAILED_WORDS,
  isWord,
  requestParts,
} from '../answer/answer-parts.js';
import type { Envelope } from '../answer/envelope.js';
import type { OpenWord, RequestAnswer } from '../answer/resource-answer.js';

/**
 * A link by which somebody pays (API page, §11).
 *
 * @publicApi
 */
export interface PaymentLink extends RequestAnswer {
  /** State of the request for the link; `linkStatus` is that of the link. */
  readonly status: OpenWord<'Scheduled' | 'Processed'>;
  /** State of the link, in lower case. */
  readonly linkStatus?: OpenWord<'active' | 'paid' | 'expired' | 'cancelled'>;
  /** Somebody has paid. */
  readonly isPaid: boolean;
  /** URL of the page where one pays. */
  readonly link?: string;
  /** When the link ends; seven days after its creation, as a rule. */
  readonly expiresAt?: Date;
  /** When it was asked for. */
  readonly createdAt?: Date;
  /** How much. */
  readonly amount?: Money;
  /** Name of the till. */
  readonly tillName?: string;
  /** Number of the till. */
  readonly tillNumber?: string;
  /** What the payer sees as reference. */
  readonly paymentReference?: string;
  /** What the payer reads. */
  readonly note?: string;
  /** Who made the link. */
  readonly initiatorName?: string;
  /** M-PESA's code of the payment. */
  readonly transactionReference?: string;
  /** Payer's number as `+254…`. */
  readonly phoneNumber?: string;
  /** When it was paid. */
  readonly paidAt?: Date;
}

/** @internal */
export function readPaymentLink(
  envelope: Envelope,
  origin: string,
): PaymentLink {
  const { attributes } = envelope;
  const parts = requestParts(envelope);
  const link = attributes.below('payment_link');
  // Once it is paid, the state has another name (API page, §15 #25).
  const words = [link.word('payment_link_status'), link.word('status')];
  const linkStatus = words.findLast(Boolean)?.toLowerCase();
  const isPaid = isWord(linkStatus, 'paid');
  const failures = attributes.failures('errors');
  return answer<PaymentLink>({
    ...parts,
    linkStatus,
    isPaid,
    isFinal:
      isPaid ||
      isWord(linkStatus, 'expired', 'cancelled', 'canceled') ||
      isWord(parts.status, ...FAILED_WORDS),
    failures: Object.freeze(failures),
    link: absolute(link.word('link'), origin),
    expiresAt: link.time('expires_at'),
    createdAt: attributes.time('created_at'),
    amount: attributes.money('amount', currencyOf(attributes)),
    tillName: attributes.word('till_name'),
    tillNumber: attributes.word('till_number'),
    paymentReference: attributes.word('payment_reference'),
    note: attributes.word('note'),
    initiatorName: link.word('initiator_name'),
    transactionReference: link.word('transaction_reference'),
    phoneNumber: link.phone('sender_phone_number'),
    paidAt: isPaid ? link.time('origination_time') : undefined,
    raw: attributes.rest({ payment_link: link }),
  });
}

/** Some links come without a host. */
function absolute(
  link: string | undefined,
  origin: string,
): string | undefined {
  return link?.startsWith('/') ? origin + link : link;
}
