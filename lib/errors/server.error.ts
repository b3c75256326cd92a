import { KopoKopoError, type KopoKopoErrorDetails } from './kopokopo.error.js';

/**
 * The upstream failed (5xx); it may have acted before it did.
 *
 * @publicApi
 */
export class KopoKopoServerError extends KopoKopoError {
  readonly code = 'KOPOKOPO_SERVER';

  constructor(message: string, details: KopoKopoErrorDetails = {}) {
    super(message, details, { outcome: 'unknown', retryable: true });
  }
}
