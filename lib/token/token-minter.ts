import { Inject, Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KopoKopoShutdownError } from '../errors/shutdown.error.js';
import { withinBudget } from '../http/attempt-budget.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import type { AccessToken } from './access-token.js';
import { OAuthEndpoint } from './oauth.endpoint.js';
import type { TokenSource } from './token-source.interface.js';

/**
 * Asks the server for a token, within the mint budget.
 *
 * @internal
 */
@Injectable()
export class TokenMinter implements TokenSource {
  readonly #pending = new Set<Promise<unknown>>();
  readonly #ending = new AbortController();
  #closed = false;

  constructor(
    private readonly endpoint: OAuthEndpoint,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  async acquire(signal?: AbortSignal): Promise<AccessToken> {
    if (this.#closed) {
      throw new KopoKopoShutdownError(
        'The application has shut down: a token minted now would be left alive. Ask for it before onApplicationShutdown.',
      );
    }
    const request = this.mint(linked(this.#ending.signal, signal));
    this.#pending.add(request);
    try {
      return await request;
    } finally {
      this.#pending.delete(request);
    }
  }

  /** Resolves when no token request is in flight. */
  async idle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  /** Ends what is in flight. */
  abort(): void {
    this.#ending.abort();
  }

  /** Refuses every further request for a token. */
  close(): void {
    this.#closed = true;
  }

  private mint(signal: AbortSignal): Promise<AccessToken> {
    const { token, timeout } = this.options;
    return withinBudget(
      (attemptTimeout) =>
        this.endpoint.requestToken({ timeout: attemptTimeout, signal }),
      {
        attempts: token.mintAttempts,
        attemptTimeout: Math.min(token.attemptTimeout, timeout),
        budget: token.mintBudget,
      },
      this.runtime,
      signal,
    );
  }
}

function linked(one: AbortSignal, other?: AbortSignal): AbortSignal {
  return other === undefined ? one : AbortSignal.any([one, other]);
}
