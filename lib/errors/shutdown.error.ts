import { KopoKopoError, type KopoKopoErrorDetails } from './kopokopo.error.js';

/**
 * The application has shut down; a token minted now would be left alive behind it.
 *
 * @publicApi
 */
export class KopoKopoShutdownError extends KopoKopoError {
  readonly code = 'KOPOKOPO_SHUT_DOWN';

  constructor(message: string, details: KopoKopoErrorDetails = {}) {
    super(message, details, { outcome: 'not-sent', retryable: false });
  }
}
