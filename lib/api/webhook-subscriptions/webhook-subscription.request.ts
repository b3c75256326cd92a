import {
  callbackUrl,
  flag,
  oneOf,
  optional,
  text,
} from '../request/field-rules.js';
import { Field } from '../request/field.decorator.js';
import type { KopoKopoScope } from '../request/scope.js';
import type { OpenWord } from '../answer/resource-answer.js';

/** Topics that Kopo Kopo documents; any other word may be subscribed to (API page, §6). @publicApi */
export type KopoKopoTopic = OpenWord<
  | 'buygoods_transaction_received'
  | 'buygoods_transaction_reversed'
  | 'b2b_transaction_received'
  | 'b2b_transaction_reversed'
  | 'm2m_transaction_received'
  | 'settlement_transfer_completed'
  | 'customer_created'
  | 'card_transaction_received'
  | 'card_transaction_voided'
  | 'card_transaction_reversed'
>;

/**
 * Asks Kopo Kopo to tell events of a topic (API page, §6).
 *
 * @publicApi
 */
export class WebhookSubscriptionRequest {
  /** Topic to be told of. */
  @Field(text(100))
  eventType!: KopoKopoTopic;

  /** Where events are sent to: https, or http on loopback where a sandbox is talked to. */
  @Field(callbackUrl())
  url!: string;

  /** Those of one till, or of the company. */
  @Field(oneOf('till', 'company'))
  scope!: KopoKopoScope;

  /** Number of the till. */
  @Field(optional(text(30)))
  scopeReference?: string | undefined;

  /** Whether events come in the form of Safaricom's Daraja. v2, two topics. Default false. */
  @Field(optional(flag()))
  enableDarajaPayload?: boolean | undefined;
}
