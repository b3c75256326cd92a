import { KopoKopoError, type KopoKopoErrorDetails } from './kopokopo.error.js';

/**
 * A request with this `reference` was made before, or it can't be known whether it was; this one was not
 * sent. `outcome` tells of the reference: `unknown` where the earlier request may have been accepted. It is
 * `retryable` where the store of references is out of reach.
 *
 * @publicApi
 */
export class KopoKopoReferenceError extends KopoKopoError {
  readonly code = 'KOPOKOPO_REFERENCE';

  constructor(message: string, details: KopoKopoErrorDetails = {}) {
    super(message, details, { outcome: 'not-sent', retryable: false });
  }
}
