import { KopoKopoError, type KopoKopoErrorDetails } from './kopokopo.error.js';

/**
 * Too many requests (429); `retryAfter` says how many seconds to wait, where the upstream did.
 *
 * @publicApi
 */
export class KopoKopoRateLimitError extends KopoKopoError {
  readonly code = 'KOPOKOPO_RATE_LIMIT';

  constructor(message: string, details: KopoKopoErrorDetails = {}) {
    super(message, details, { outcome: 'rejected', retryable: true });
  }
}
