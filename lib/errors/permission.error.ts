import { KopoKopoError, type KopoKopoErrorDetails } from './kopokopo.error.js';

/**
 * The upstream knows the caller and says no (403).
 *
 * @publicApi
 */
export class KopoKopoPermissionError extends KopoKopoError {
  readonly code = 'KOPOKOPO_PERMISSION';

  constructor(message: string, details: KopoKopoErrorDetails = {}) {
    super(message, details, { outcome: 'rejected', retryable: false });
  }
}
