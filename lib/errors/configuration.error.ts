import { KopoKopoError, type KopoKopoErrorDetails } from './kopokopo.error.js';

/**
 * The module is set up wrongly; `messages` holds one sentence for each wrong option.
 *
 * @publicApi
 */
export class KopoKopoConfigurationError extends KopoKopoError {
  readonly code = 'KOPOKOPO_CONFIGURATION';

  constructor(message: string, details: KopoKopoErrorDetails = {}) {
    super(message, details, { outcome: 'not-sent', retryable: false });
  }
}
