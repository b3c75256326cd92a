import { setMaxListeners } from 'node:events';
import { Inject, Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KopoKopoShutdownError } from '../errors/shutdown.error.js';
import { abortReason, ShutdownReason } from '../http/abort-reason.js';
import { withinBudget } from '../http/attempt-budget.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import type { AccessToken } from './access-token.js';
import { hadExpired } from './checked-token-source.js';
import { OAuthEndpoint } from './oauth.endpoint.js';
import { OverdueTokens } from './overdue-tokens.js';
import type { TokenSource } from './token-source.interface.js';

/** Pause in milliseconds while a token that is about to end is handed out again; it doubles. */
const ENDING_PAUSE = 1_000;

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
    private readonly overdue: OverdueTokens,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  async acquire(): Promise<AccessToken> {
    if (this.#closed) {
      throw new KopoKopoShutdownError(
        'The application has shut down: a token minted now would be left alive. Ask for it before onApplicationShutdown ends.',
      );
    }
    const request = this.mint(this.#ending.signal);
    this.#pending.add(request);
    try {
      const token = await request;
      this.overdue.keep(token.value);
      return token;
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
    await Promise.race([this.noneOverdue(), tooLong]);
    inTime.abort();
  }

  /** As `idle`, and refuses every further request for a token. */
  async close(limit: number): Promise<void> {
    await this.idle(limit);
    this.#closed = true;
    // One may have come in while the promise above resolved.
    if (this.#pending.size > 0) await this.idle(0);
    this.overdue.close();
  }

  private async none(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  private async noneOverdue(): Promise<void> {
    await this.none();
    await this.overdue.idle();
  }

  private abort(): void {
    const ending = this.#ending;
    this.#ending = controllerOfMany();
    ending.abort(
      new ShutdownReason('The application shut down before a token came.'),
    );
  }

  /**
   * A server that reuses tokens hands one out until its end, with a life of 0 in its last second: it is
   * asked again when that token has ended.
   */
  private async mint(signal: AbortSignal): Promise<AccessToken> {
    const { clock, timers } = this.runtime;
    const end = clock.now() + this.options.token.mintBudget;
    for (let pause = ENDING_PAUSE; ; pause *= 2) {
      const token = await this.request(end - clock.now(), signal);
      if (!token.isExpired()) return token;
      if (pause >= end - clock.now()) throw hadExpired();
      await timers.pause(pause, signal);
      if (signal.aborted) throw abortReason(signal, 'not-sent');
    }
  }

  private request(budget: number, signal: AbortSignal): Promise<AccessToken> {
    const { token, timeout } = this.options;
    return withinBudget(
      (attemptTimeout) =>
        this.overdue.attempt(
          (late) =>
            this.endpoint.requestToken({
              timeout: attemptTimeout,
              signal,
              ...late,
            }),
          () => this.none(),
        ),
      {
        attempts: token.mintAttempts,
        attemptTimeout: Math.min(token.attemptTimeout, timeout),
        budget,
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
