import type { KopoKopoDelivery } from '../delivery.types.js';

const kept = new WeakMap<object, KopoKopoDelivery>();

/** A delivery that came with a request. @internal */
export function keepDelivery(
  request: object,
  delivery: KopoKopoDelivery,
): void {
  kept.set(request, delivery);
}

/** @internal */
export function keptDelivery(request: object): KopoKopoDelivery | undefined {
  return kept.get(request);
}
