import { KopoKopoError, type KopoKopoErrorDetails } from './kopokopo.error.js';

/**
 * There is no such resource or route (404).
 *
 * @publicApi
 */
export class KopoKopoNotFoundError extends KopoKopoError {
  readonly code = 'KOPOKOPO_NOT_FOUND';

  constructor(message: string, details: KopoKopoErrorDetails = {}) {
    super(message, details, { outcome: 'rejected', retryable: false });
  }
}
