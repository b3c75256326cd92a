import type { GenericAbortSignal } from 'axios';
import type { KopoKopoError } from '../errors/kopokopo.error.js';

/**
 * What axios asks of a signal and no more: an `AbortController` for each call would cost a tenth of
 * the whole call. Its reason is the error that the call rejects with.
 *
 * @internal
 */
export class CallSignal implements GenericAbortSignal {
  reason: KopoKopoError | undefined;
  #listeners: Array<() => void> = [];

  get aborted(): boolean {
    return this.reason !== undefined;
  }

  /** Only the first one counts. */
  abort(reason: KopoKopoError): void {
    if (this.aborted) return;
    this.reason = reason;
    for (const listener of this.#listeners) listener();
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners = this.#listeners.filter((one) => one !== listener);
  }
}
