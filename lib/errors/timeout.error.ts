import { KopoKopoError, type KopoKopoErrorDetails } from './kopokopo.error.js';

/**
 * No whole answer came in time (see the `timeout` option).
 *
 * @publicApi
 */
export class KopoKopoTimeoutError extends KopoKopoError {
  readonly code = 'KOPOKOPO_TIMEOUT';

  constructor(message: string, details: KopoKopoErrorDetails = {}) {
    super(message, details, { outcome: 'unknown', retryable: true });
  }
}
