import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../../api/transactions/transaction.answer.js';
import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import { KOPOKOPO_OPTIONS } from '../../kopokopo.constants.js';
import { shortHash } from '../../values/short-hash.js';
import { DeliveryDispatcher } from '../delivery.dispatcher.js';
import { DeliveryHandlers } from '../delivery-handlers.js';
import { accountOf, printable } from '../delivery.parser.js';
import type { DispatchResult } from '../delivery.receipt.js';
import type { KopoKopoWebhookDelivery } from '../delivery.types.js';

/** First word of the topic, by Kopo Kopo's word for the kind of transaction (API page, §6.2). */
const TOPICS: Readonly<Record<string, string>> = {
  'buygoods transaction': 'buygoods',
  'external till to till transaction': 'b2b',
  'external till to till reversal transaction': 'b2b',
  'merchant to merchant transaction': 'm2m',
};

/**
 * Has transactions that polling found handled like the webhooks that should have told of them; those that did are
 * known by topic and id.
 *
 * @internal
 */
@Injectable()
export class PolledTransactions {
  constructor(
    private readonly dispatcher: DeliveryDispatcher,
    private readonly handlers: DeliveryHandlers,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /** Never rejects. */
  async handle(transaction: Transaction): Promise<DispatchResult> {
    const topic = topicOf(transaction);
    if (topic === undefined) return 'unheard';
    const delivery = this.deliveryOf(transaction, topic);
    const isHeard = this.handlers.hearing(delivery).length > 0;
    return isHeard ? this.dispatcher.dispatch(delivery) : 'unheard';
  }

  private deliveryOf(
    transaction: Transaction,
    topic: string,
  ): KopoKopoWebhookDelivery {
    const { id, reference, type, occurredAt } = transaction;
    const body = { topic, event: { type, resource: { ...transaction } } };
    const rawBody = Buffer.from(JSON.stringify(body));
    const about = id ?? reference ?? shortHash(rawBody);
    const parts = {
      kind: 'webhook' as const,
      key: `polled:${topic}:${about}`,
      resourceKey: `${topic}:${about}`,
      topic,
      eventId: '',
      ...(occurredAt !== undefined && { occurredAt }),
      event: transaction,
      account: accountOf(this.options),
      source: 'polling' as const,
      receivedAt: new Date(),
      body,
      rawBody,
    };
    return printable(parts) as KopoKopoWebhookDelivery;
  }
}

/** What has come in, or went back; a word that Kopo Kopo does not document is neither. */
const STATES: Readonly<Record<string, string>> = {
  received: 'received',
  complete: 'received',
  reversed: 'reversed',
};

function topicOf({ type, status }: Transaction): string | undefined {
  const word = known(TOPICS, type);
  const state = known(STATES, status);
  return word && state && `${word}_transaction_${state}`;
}

function known(
  table: Readonly<Record<string, string>>,
  word = '',
): string | undefined {
  const name = word.trim().toLowerCase();
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
