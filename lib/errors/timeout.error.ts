import { KopoKopoError, type KopoKopoErrorDetails } from './kopokopo.error.js';

/**
 * No whole answer came in time (see the `timeout` option).
 *
 * @publicApi
 */
export class KopoKopoTimeoutError extends KopoKopoError {
  readonly code = 'KOPOKOPO_TIMEOUT';

  /** What was seen last; no log and no JSON of the error shows it, for it may hold a phone number. */
  readonly #last: unknown;

  constructor(
    message: string,
    details: KopoKopoErrorDetails = {},
    last?: unknown,
  ) {
    super(message, details, { outcome: 'unknown', retryable: true });
    this.#last = last;
  }

  /** The last answer that `waitUntilFinal` saw before its time was over; `undefined` for all others. */
  get last(): unknown {
    return this.#last;
  }
}
