import { KopoKopoAbortError } from '../errors/abort.error.js';
import { withoutContext } from '../time/no-context.js';
import type { AccessToken } from './access-token.js';

/**
 * One request for a token that any number of callers wait for. A caller may leave; the request goes on to
 * its end, because a token that the server issues for nobody would stay alive.
 *
 * @internal
 */
export class TokenFlight {
  readonly outcome: Promise<AccessToken>;

  constructor(run: () => Promise<AccessToken>) {
    this.outcome = withoutContext(run);
  }

  join(signal?: AbortSignal): Promise<AccessToken> {
    if (signal === undefined) return this.outcome;
    return new Promise((resolve, reject) => {
      const leave = (): void => reject(new KopoKopoAbortError());
      signal.addEventListener('abort', leave, { once: true });
      this.outcome
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', leave));
    });
  }
}
