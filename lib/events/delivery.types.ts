import type { UnknownFields } from '../api/answer/attributes.js';
import type {
  OpenWord,
  RequestAnswer,
  ResourceAnswer,
} from '../api/answer/resource-answer.js';
import type { IncomingPayment } from '../api/incoming-payments/incoming-payment.answer.js';
import type { PaymentLink } from '../api/payment-links/payment-link.answer.js';
import type { Polling } from '../api/polling/polling.answer.js';
import type { Reversal } from '../api/reversals/reversal.answer.js';
import type { SendMoney } from '../api/send-money/send-money.answer.js';
import type { Transaction } from '../api/transactions/transaction.answer.js';
import type { TransactionSmsNotification } from '../api/v1/transaction-sms-notification.answer.js';
import type { V1Transfer } from '../api/v1/transfer.answer.js';
import type { KopoKopoTopic } from '../api/webhook-subscriptions/webhook-subscription.request.js';
import type { DarajaPayment } from './answers/daraja.answer.js';
import type {
  CardTransaction,
  CustomerCreated,
  SettlementCompleted,
  UnknownEvent,
} from './answers/webhook-event.answer.js';

/** The event that handlers of a topic are called with (API page, §6.2). @publicApi */
export interface EventsByTopic {
  /** A customer paid at a till. */
  buygoods_transaction_received: Transaction;
  /** A customer's payment was given back. */
  buygoods_transaction_reversed: Transaction;
  /** Another business paid. */
  b2b_transaction_received: Transaction;
  /** The payment of another business was given back. */
  b2b_transaction_reversed: Transaction;
  /** Another merchant of Kopo Kopo paid. */
  m2m_transaction_received: Transaction;
  /** Money has left for an own account. */
  settlement_transfer_completed: SettlementCompleted;
  /** A customer paid for the first time. */
  customer_created: CustomerCreated;
  /** A payment by card. */
  card_transaction_received: CardTransaction;
  /** A payment by card that was called off. */
  card_transaction_voided: CardTransaction;
  /** A payment by card that was given back. */
  card_transaction_reversed: CardTransaction;
}

/** The result that handlers are called with, by its type. @publicApi */
export interface ResultsByType {
  /** An STK push has ended. */
  incoming_payment: IncomingPayment;
  /** Money was sent, or was not. */
  send_money: SendMoney;
  /** A payment link was paid, or has ended. */
  payment_link: PaymentLink;
  /** A payment was given back, or was not. */
  reversal: Reversal;
  /** The transactions of a time are there. */
  polling: Polling;
  /** v1: money was sent, or was not. */
  payment: V1Transfer;
  /** v1: money was moved to an own account, or was not. */
  settlement_transfer: V1Transfer;
  /** v1: a text message was sent, or was not. */
  transaction_sms_notification: TransactionSmsNotification;
}

/** Types of results that Kopo Kopo documents; any other word is possible. @publicApi */
export type KopoKopoResultType = OpenWord<keyof ResultsByType>;

/** The event that a handler of this topic is called with. @publicApi */
export type EventOf<Topic extends string> = Topic extends keyof EventsByTopic
  ? EventsByTopic[Topic]
  : UnknownEvent;

/** The result that a handler of this type is called with. @publicApi */
export type ResultOf<Type extends string> = Type extends keyof ResultsByType
  ? ResultsByType[Type]
  : RequestAnswer | ResourceAnswer;

/** How the module came to know: Kopo Kopo called, or it was asked. @publicApi */
export type KopoKopoDeliverySource = 'callback' | 'check' | 'polling';

/**
 * The parts of every delivery. `body` and `rawBody` hold names and phone numbers; printing a delivery shows
 * neither.
 *
 * @publicApi
 */
export interface KopoKopoDeliveryParts {
  /** Names what is said: two deliveries with one key say the same. It holds no phone number. */
  readonly key: string;
  /** Names what it is about, for a unique index of yours: `incoming_payment:{id}`, `{topic}:{id}`. */
  readonly resourceKey: string;
  /** Account that signed it; `default` for the instance without a name. */
  readonly account: string;
  /** How the module came to know. */
  readonly source: KopoKopoDeliverySource;
  /** When this process got it. */
  readonly receivedAt: Date;
  /** The JSON as it came. */
  readonly body: UnknownFields;
  /** The bytes as they came. */
  readonly rawBody: Buffer;
}

/** Kopo Kopo tells an event of a subscription (API page, §6.1). @publicApi */
export interface KopoKopoWebhookDelivery<
  Topic extends string = KopoKopoTopic,
> extends KopoKopoDeliveryParts {
  /** An event of a subscription. */
  readonly kind: 'webhook';
  /** Kopo Kopo's word for what happened. */
  readonly topic: Topic;
  /** Id of the event; empty where there was none. */
  readonly eventId: string;
  /** When Kopo Kopo told it. */
  readonly occurredAt?: Date;
  /** The event. */
  readonly event: EventOf<Topic>;
}

/** Kopo Kopo tells the result of a request (API page, §3). @publicApi */
export interface KopoKopoResultDelivery<
  Type extends string = KopoKopoResultType,
> extends KopoKopoDeliveryParts {
  /** The result of a request. */
  readonly kind: 'result';
  /** Kopo Kopo's word for the kind of request. */
  readonly type: Type;
  /** The request as the client's `get` gives it. */
  readonly event: ResultOf<Type>;
}

/** A payment in Daraja's form (API page, §6.3). @publicApi */
export interface KopoKopoDarajaDelivery extends KopoKopoDeliveryParts {
  /** A payment in Daraja's form. */
  readonly kind: 'daraja';
  /** When it took place. */
  readonly occurredAt?: Date;
  /** The payment. */
  readonly event: DarajaPayment;
}

/** Signed JSON that is none of the others. @publicApi */
export interface KopoKopoUnknownDelivery extends KopoKopoDeliveryParts {
  /** None of the others. */
  readonly kind: 'unknown';
  /** The JSON as it came. */
  readonly event: UnknownFields;
}

/**
 * Something that Kopo Kopo delivered; `kind` tells its shape.
 *
 * @publicApi
 */
export type KopoKopoDelivery =
  | KopoKopoWebhookDelivery
  | KopoKopoResultDelivery
  | KopoKopoDarajaDelivery
  | KopoKopoUnknownDelivery;
