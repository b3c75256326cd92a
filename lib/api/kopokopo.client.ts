import {
  type ClientsOf,
  clientsOf,
  RESOURCES,
  V1_RESOURCES,
} from './resources.table.js';
import type { ResourceDoor } from './resource/resource.door.js';

/** Has a property for each resource of the table. */
const WithResources = class {
  constructor(door: ResourceDoor) {
    Object.assign(this, clientsOf(RESOURCES, door));
  }
} as new (door: ResourceDoor) => ClientsOf<typeof RESOURCES>;

/**
 * Kopo Kopo's API: one property a resource. Tokens are taken care of; every request is checked before it
 * is sent, and one that moves money is sent once.
 *
 * @example
 * ```ts
 * const request = await client.incomingPayments.create({
 *   tillNumber: 'K700001', phoneNumber: '0712 345 678', amount: 150, reference: 'A-17', callbackUrl,
 * });
 * const payment = await client.incomingPayments.waitUntilFinal(request);
 * if (payment.isPaid) console.log(payment.transaction?.reference);
 * ```
 * @publicApi
 */
export class KopoKopoClient extends WithResources {
  /** Resources that only v1 of the API has. @deprecated v1 only. */
  readonly v1: ClientsOf<typeof V1_RESOURCES>;

  /** @internal */
  constructor(door: ResourceDoor) {
    super(door);
    this.v1 = clientsOf(V1_RESOURCES, door);
  }
}
