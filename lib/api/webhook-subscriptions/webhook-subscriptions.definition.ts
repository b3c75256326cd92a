import type { Problem } from '../request/field.decorator.js';
import { scopeProblems } from '../request/scope.js';
import { snakeCased } from '../request/snake-case.js';
import type { ResourceDefinition } from '../resource/resource.definition.js';
import {
  readWebhookSubscription,
  type WebhookSubscription,
} from './webhook-subscription.answer.js';
import { WebhookSubscriptionRequest } from './webhook-subscription.request.js';

/** Topics that come in Daraja's form, too (API page, §6). */
const IN_DARAJA = ['buygoods_transaction_received', 'b2b_transaction_received'];

/** @internal */
export const WEBHOOK_SUBSCRIPTIONS: ResourceDefinition<
  WebhookSubscriptionRequest,
  WebhookSubscription
> = {
  paths: { v1: 'webhook_subscriptions', v2: 'webhook_subscriptions' },
  type: 'webhook_subscription',
  request: WebhookSubscriptionRequest,
  problems: (request) => [
    ...scopeProblems(request),
    ...darajaProblems(request),
  ],
  toBody: snakeCased,
  read: readWebhookSubscription,
};

function darajaProblems({
  enableDarajaPayload,
  eventType,
}: WebhookSubscriptionRequest): Problem[] {
  if (enableDarajaPayload !== true || IN_DARAJA.includes(eventType)) return [];
  return [
    {
      path: '.enableDarajaPayload',
      text: `is for ${IN_DARAJA.join(' and ')} only`,
    },
  ];
}
