import type { Attributes } from '../api/answer/attributes.js';
import { readTransaction } from '../api/transactions/transaction.answer.js';
import {
  readCardTransaction,
  readCustomer,
  readSettlement,
  type UnknownEvent,
} from './answers/webhook-event.answer.js';
import type { EventsByTopic } from './delivery.types.js';

type Reader<Answer> = (resource: Attributes, type?: string) => Answer;

/** Readers of events by topic. To add one, add a row here and to `EventsByTopic`. */
const READERS: {
  [Topic in keyof EventsByTopic]: Reader<EventsByTopic[Topic]>;
} = {
  buygoods_transaction_received: readTransaction,
  buygoods_transaction_reversed: readTransaction,
  b2b_transaction_received: readTransaction,
  b2b_transaction_reversed: readTransaction,
  m2m_transaction_received: readTransaction,
  settlement_transfer_completed: readSettlement,
  customer_created: readCustomer,
  card_transaction_received: readCardTransaction,
  card_transaction_voided: readCardTransaction,
  card_transaction_reversed: readCardTransaction,
};

/** The content of an event. @internal */
export function readEvent(
  topic: string,
  resource: Attributes,
  type: string | undefined,
): EventsByTopic[keyof EventsByTopic] | UnknownEvent {
  if (Object.hasOwn(READERS, topic)) {
    return READERS[topic as keyof EventsByTopic](resource, type);
  }
  const raw = resource.rest();
  return Object.freeze(type === undefined ? { raw } : { type, raw });
}
