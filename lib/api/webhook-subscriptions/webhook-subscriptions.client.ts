import { KopoKopoValidationError } from '../../errors/validation.error.js';
import { contentHash } from '../journal/content-hash.js';
import {
  ResourceClient,
  type ResourceCallOptions,
} from '../resource/resource.client.js';
import type { ResourceReference } from '../resource/resource-reference.js';
import type { WebhookSubscription } from './webhook-subscription.answer.js';
import type { WebhookSubscriptionRequest } from './webhook-subscription.request.js';

/** Milliseconds for which it is known what was subscribed to: ten years. */
const KNOWN_FOR = 10 * 365 * 24 * 3_600_000;

/** What Kopo Kopo tells events of. @publicApi */
export class WebhookSubscriptionsClient extends ResourceClient<
  WebhookSubscriptionRequest,
  WebhookSubscription
> {
  /**
   * Creates the subscriptions that this account has not created before, by what the option `store` knows, one after
   * the other: Kopo Kopo has no list of them, and makes one more at each `create`. All are checked before the first
   * is sent. Call it from a script or a deployment, not at each boot; without a `store` that outlives the process
   * it creates all of them each time.
   *
   * @returns a reference to each, in the order of the list
   * @throws KopoKopoValidationError with one sentence a field; nothing was sent
   * @throws KopoKopoReferenceError where an earlier creation may have been accepted, or the store is out of reach
   * @throws KopoKopoError as `create` does; call it again, and it goes on where it stopped
   */
  async ensure(
    requests: readonly WebhookSubscriptionRequest[],
    options: ResourceCallOptions = {},
  ): Promise<readonly ResourceReference[]> {
    if (!Array.isArray(requests)) {
      throw new KopoKopoValidationError(
        'Pass a list of webhook subscriptions.',
      );
    }
    const bodies = requests.map((request) => this.checked(request).body);
    const references: ResourceReference[] = [];
    for (const body of bodies) {
      const reference = contentHash(body);
      references.push(await this.once(body, reference, options, KNOWN_FOR));
    }
    return references;
  }
}
