import { KopoKopoError, type KopoKopoErrorDetails } from './kopokopo.error.js';

/**
 * An argument of the call is wrong; nothing was sent.
 *
 * @publicApi
 */
export class KopoKopoValidationError extends KopoKopoError {
  readonly code = 'KOPOKOPO_VALIDATION';

  constructor(message: string, details: KopoKopoErrorDetails = {}) {
    super(message, details, { outcome: 'not-sent', retryable: false });
  }
}
