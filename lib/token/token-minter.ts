import { setMaxListeners } from 'node:events';
import { Inject, Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KopoKopoShutdownError } from '../errors/shutdown.error.js';
import { withinBudget } from '../http/attempt-budget.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import type { AccessToken } from './access-token.js';
import { OAuthEndpoint } from './oauth.endpoint.js';
import type { TokenNeed, TokenSource } from './token-source.interface.js';

/**
 * Asks the server for a token, within the mint budget.
 *
 * @internal
 */
@Injectable()
export class TokenMinter implements TokenSource {
  readonly #pending = new Set<Promise<unknown>>();
  #ending = controllerOfMany();
  #closed = false;

  constructor(
    private readonly endpoint: OAuthEndpoint,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  async acquire({ signal }: TokenNeed = {}): Promise<AccessToken> {
    if (this.#closed) {
      throw new KopoKopoShutdownError(
        'The application has shut down: a token minted now would be left alive. Ask for it before onApplicationShutdown ends.',
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

  /** Waits until no token request is in flight, for `limit` milliseconds; what takes longer is ended. */
  async idle(limit: number): Promise<void> {
    const inTime = new AbortController();
    const tooLong = this.runtime.timers.pause(limit, inTime.signal).then(() => {
      if (inTime.signal.aborted) return undefined;
      this.abort();
      // Only these: while requests keep coming in, waiting for all of them has no end.
      return Promise.allSettled(this.#pending);
    });
    await Promise.race([this.none(), tooLong]);
    inTime.abort();
  }

  /** As `idle`, and refuses every further request for a token. */
  async close(limit: number): Promise<void> {
    await this.idle(limit);
    this.#closed = true;
    // One may have come in while the promise above resolved.
    if (this.#pending.size > 0) await this.idle(0);
  }

  private async none(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  private abort(): void {
    const ending = this.#ending;
    this.#ending = controllerOfMany();
    ending.abort(
      new KopoKopoShutdownError(
        'The application shut down before a token came.',
        { outcome: 'unknown' },
      ),
    );
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

/** Any number of requests listen to it; Node would take more than ten for a leak. */
function controllerOfMany(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

function linked(one: AbortSignal, other?: AbortSignal): AbortSignal {
  return other === undefined ? one : AbortSignal.any([one, other]);
}
