import type { GenericAbortSignal } from 'axios';

/**
 * The part of a signal that axios uses, and no more: an `AbortController` for each call would cost a tenth of
 * the whole call.
 *
 * @internal
 */
export class CallSignal implements GenericAbortSignal {
  aborted = false;
  #listeners: Array<() => void> = [];

  /** Only the first one counts. */
  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    for (const listener of this.#listeners) listener();
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners = this.#listeners.filter((one) => one !== listener);
  }
}
