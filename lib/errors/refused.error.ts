import { KopoKopoError, type KopoKopoErrorDetails } from './kopokopo.error.js';

/**
 * The upstream refused the request (any other 4xx); `messages` says why.
 *
 * @publicApi
 */
export class KopoKopoRefusedError extends KopoKopoError {
  readonly code = 'KOPOKOPO_REFUSED';

  constructor(message: string, details: KopoKopoErrorDetails = {}) {
    super(message, details, { outcome: 'rejected', retryable: false });
  }
}
