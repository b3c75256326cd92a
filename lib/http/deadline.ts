import { KopoKopoTimeoutError } from '../errors/timeout.error.js';
import { abortReason } from './abort-reason.js';
import { CallSignal } from './call-signal.js';

/**
 * Ends one call when its time is up or its caller has gone, whichever comes first. The signal's
 * reason is the error that the call rejects with.
 *
 * @internal
 */
export class Deadline {
  readonly signal = new CallSignal();
  readonly #timer: NodeJS.Timeout;

  constructor(
    ms: number,
    private readonly caller?: AbortSignal,
  ) {
    // First: a signal that is none must not leave a timer behind.
    caller?.addEventListener('abort', this.#leave);
    this.#timer = setTimeout(() => {
      this.signal.abort(
        new KopoKopoTimeoutError(
          `Kopo Kopo did not answer within ${Math.ceil(ms)} ms.`,
        ),
      );
    }, ms);
    if (caller?.aborted) this.signal.abort(abortReason(caller, 'not-sent'));
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.caller?.removeEventListener('abort', this.#leave);
  }

  readonly #leave = (): void => {
    // The request is on its way by now: nobody can say what became of it.
    this.signal.abort(abortReason(this.caller!, 'unknown'));
  };
}
