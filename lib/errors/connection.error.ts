import { KopoKopoError, type KopoKopoErrorDetails } from './kopokopo.error.js';

/**
 * No connection, or one that broke; `outcome` tells the two apart.
 *
 * @publicApi
 */
export class KopoKopoConnectionError extends KopoKopoError {
  readonly code = 'KOPOKOPO_CONNECTION';

  constructor(message: string, details: KopoKopoErrorDetails = {}) {
    super(message, details, { outcome: 'unknown', retryable: true });
  }
}
