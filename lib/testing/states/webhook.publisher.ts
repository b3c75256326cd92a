import { randomUUID } from 'node:crypto';
import type { KnownApplication } from '../application.registry.js';
import type { DeliveryOffice } from '../deliveries/delivery.office.js';
import type { WebhookEvent } from '../deliveries/webhook-event.types.js';
import { isoSeconds } from '../east-africa.time.js';
import type { ResourceRegistry } from '../resources/resource.registry.js';
import type {
  JsonObject,
  ResourceRecord,
} from '../resources/resource.types.js';
import { webhookSubscription } from '../resources/webhook-subscription.resource.js';

/** Tells every subscription of an application what has happened. @internal */
export class WebhookPublisher {
  readonly #records: ResourceRegistry;
  readonly #office: DeliveryOffice;

  constructor(records: ResourceRegistry, office: DeliveryOffice) {
    this.#records = records;
    this.#office = office;
  }

  /** Resolves when all is sent, in both forms. */
  async publish(
    { clientId, apiKey }: KnownApplication,
    events: readonly WebhookEvent[],
    origin: string,
  ): Promise<void> {
    const sent = events.flatMap((event) =>
      this.#records
        .alike(clientId, webhookSubscription.path, event.topic)
        .filter((subscription) => covers(subscription, event))
        .map((subscription) => {
          const daraja = wantsDaraja(subscription) && event.daraja;
          return this.#office.dispatch({
            kind: daraja ? 'daraja' : 'webhook',
            topic: event.topic,
            about: event.about,
            url: String(subscription.attributes.webhook_uri),
            body: daraja || envelopeOf(event, origin),
            apiKey,
          });
        }),
    );
    await Promise.all(sent);
  }
}

function covers(
  { attributes }: ResourceRecord,
  { tillNumber }: WebhookEvent,
): boolean {
  return (
    attributes.scope === 'company' || attributes.scope_reference === tillNumber
  );
}

// Version 1 has no such form.
function wantsDaraja({ request }: ResourceRecord): boolean {
  return (
    request.version === 'v2' && request.body.enable_daraja_payload === true
  );
}

// Every subscription gets an event id of its own: that the id repeats is promised nowhere.
function envelopeOf(event: WebhookEvent, origin: string): JsonObject {
  const id = randomUUID();
  return {
    topic: event.topic,
    id,
    created_at: isoSeconds(new Date()),
    event: { type: event.type, resource: event.resource },
    _links: {
      self: `${origin}/webhook_events/${id}`,
      resource: `${origin}${event.path}`,
    },
  };
}
