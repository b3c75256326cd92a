import { KopoKopoError, type KopoKopoErrorDetails } from './kopokopo.error.js';

/**
 * The credentials or the token were not accepted (401, or `invalid_client` of RFC 6749 §5.2).
 *
 * @publicApi
 */
export class KopoKopoAuthenticationError extends KopoKopoError {
  readonly code = 'KOPOKOPO_AUTHENTICATION';

  constructor(message: string, details: KopoKopoErrorDetails = {}) {
    super(message, details, { outcome: 'rejected', retryable: false });
  }
}
