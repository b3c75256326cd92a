import { answer, resourceParts } from '../answer/answer-parts.js';
import type { Envelope } from '../answer/envelope.js';
import type { OpenWord, ResourceAnswer } from '../answer/resource-answer.js';
import type { KopoKopoTopic } from './webhook-subscription.request.js';

/**
 * A subscription to the events of a till or of the company (API page, §6).
 *
 * @publicApi
 */
export interface WebhookSubscription extends ResourceAnswer {
  /** Topic that is told of. */
  readonly eventType?: KopoKopoTopic;
  /** Where events are sent to. */
  readonly url?: string;
  /** `till` or `company`. */
  readonly scope?: OpenWord<'till' | 'company'>;
  /** Number of the till; absent for the company. */
  readonly scopeReference?: string;
  /** Whether events come in the form of Safaricom's Daraja. */
  readonly enableDarajaPayload?: boolean;
}

/** @internal */
export function readWebhookSubscription(
  envelope: Envelope,
): WebhookSubscription {
  const { attributes: one } = envelope;
  return answer<WebhookSubscription>({
    ...resourceParts(envelope),
    eventType: one.word('event_type'),
    url: one.word('webhook_uri') ?? one.word('url'),
    scope: one.word('scope')?.toLowerCase(),
    scopeReference: one.word('scope_reference'),
    enableDarajaPayload: one.flag('enable_daraja_payload'),
    raw: one.rest(),
  });
}
