import { KopoKopoAbortError } from '../errors/abort.error.js';
import type { AccessToken } from './access-token.js';

/**
 * One request for a token that any number of callers wait for. It is aborted when the last of them
 * has gone, unless it is kept for its own sake.
 *
 * @internal
 */
export class TokenFlight {
  readonly outcome: Promise<AccessToken>;
  readonly #controller = new AbortController();
  #waiting = 0;
  #kept = false;

  constructor(
    run: (signal: AbortSignal) => Promise<AccessToken>,
    private readonly abandoned: (flight: TokenFlight) => void,
  ) {
    this.outcome = run(this.#controller.signal);
  }

  /** It goes on whether anyone waits or not. */
  keep(): this {
    this.#kept = true;
    return this;
  }

  join(signal?: AbortSignal): Promise<AccessToken> {
    if (signal === undefined) return this.keep().outcome;
    this.#waiting += 1;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        signal.removeEventListener('abort', leave);
        reject(new KopoKopoAbortError());
        this.left();
      };
      const done = (): void => signal.removeEventListener('abort', leave);
      signal.addEventListener('abort', leave);
      this.outcome.then(resolve, reject).finally(done);
    });
  }

  private left(): void {
    this.#waiting -= 1;
    if (this.#waiting > 0 || this.#kept) return;
    this.abandoned(this);
    this.#controller.abort();
  }
}
