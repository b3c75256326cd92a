import { RequestClient } from '../resource/request.client.js';
import {
  ResourceClient,
  type ResourceCallOptions,
} from '../resource/resource.client.js';
import type { ResourceReference } from '../resource/resource-reference.js';
import type { SendMoney } from './send-money.answer.js';
import { SWEEPS } from './send-money.definition.js';
import type { SendMoneyRequest, SweepRequest } from './send-money.request.js';

/**
 * Money that is sent. A creation of unknown outcome must not be sent again: Kopo Kopo has no list of what
 * was sent, so look in its dashboard (API page, §13).
 *
 * @publicApi
 */
export class SendMoneyClient extends RequestClient<
  SendMoneyRequest,
  SendMoney
> {
  /**
   * Sends the whole balance to the merchant's own accounts.
   *
   * @throws as `create` does
   */
  sweep(
    request: SweepRequest,
    options: ResourceCallOptions = {},
  ): Promise<ResourceReference> {
    return new ResourceClient(SWEEPS, this.door).create(request, options);
  }
}
