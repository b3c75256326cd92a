import { deliveryUrl, requiredText } from './request.fields.js';
import { refuse } from './request.refusal.js';
import type { SandboxResource } from './resource.types.js';
import { scopeOf } from './till.fields.js';

const DARAJA_TOPICS = [
  'buygoods_transaction_received',
  'b2b_transaction_received',
];

/** Who is told of what. The list of topics is open, as Kopo Kopo adds to it. @internal */
export const webhookSubscription: SandboxResource = {
  path: 'webhook_subscriptions',
  versions: ['v1', 'v2'],
  type: 'webhook_subscription',
  begin(request) {
    const { body } = request;
    const topic = requiredText(body.event_type, 'Event type');
    const url = deliveryUrl(body.url, 'Url', request);
    const { scope, reference } = scopeOf(request);
    if (body.enable_daraja_payload === true && !DARAJA_TOPICS.includes(topic)) {
      refuse('Enable daraja payload is invalid');
    }
    return {
      event_type: topic,
      webhook_uri: url,
      status: 'Active',
      scope,
      scope_reference: reference,
    };
  },
  keyOf: (body) => String(body.event_type),
};
