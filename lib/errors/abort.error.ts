import { KopoKopoError, type KopoKopoErrorDetails } from './kopokopo.error.js';

/**
 * The caller's own `AbortSignal` ended the call. Its `name` is `AbortError`, as for every aborted
 * call on the platform.
 *
 * @publicApi
 */
export class KopoKopoAbortError extends KopoKopoError {
  readonly code = 'KOPOKOPO_ABORTED';

  constructor(
    message = 'The call was aborted by its signal.',
    details: KopoKopoErrorDetails = {},
  ) {
    super(message, details, { outcome: 'not-sent', retryable: false });
    this.name = 'AbortError';
  }
}
