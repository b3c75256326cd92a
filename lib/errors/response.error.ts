import { KopoKopoError, type KopoKopoErrorDetails } from './kopokopo.error.js';

/**
 * The answer is not what the API promises: HTML, too large, a redirect, a malformed token.
 *
 * @publicApi
 */
export class KopoKopoResponseError extends KopoKopoError {
  readonly code = 'KOPOKOPO_RESPONSE';

  constructor(message: string, details: KopoKopoErrorDetails = {}) {
    super(message, details, { outcome: 'unknown', retryable: false });
  }
}
