import { RequestClient } from '../resource/request.client.js';
import type { ResourceCallOptions } from '../resource/resource.client.js';
import {
  pathOfResource,
  type ResourceTarget,
  targetId,
} from '../resource/resource-reference.js';
import type { PaymentLink } from './payment-link.answer.js';
import type { PaymentLinkRequest } from './payment-link.request.js';

/** Links by which somebody pays. @publicApi */
export class PaymentLinksClient extends RequestClient<
  PaymentLinkRequest,
  PaymentLink
> {
  /**
   * Ends a link: nobody can pay by it any more.
   *
   * @throws KopoKopoRefusedError when it can't be cancelled, for it is paid, for example
   * @throws KopoKopoNotFoundError when there is no such link
   */
  async cancel(
    target: ResourceTarget,
    { timeout, signal }: ResourceCallOptions = {},
  ): Promise<void> {
    const path = pathOfResource(targetId(target, this.place), this.place);
    await this.door.http.post(`${path}/cancel`, {}, { timeout, signal });
  }
}
