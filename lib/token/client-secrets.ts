import { Inject, Injectable, type Logger } from '@nestjs/common';
import { instanceLogger } from '../config/instance-logger.js';
import { clientSecret as checkSecret } from '../config/option-checks.js';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KopoKopoConfigurationError } from '../errors/configuration.error.js';
import { KopoKopoTimeoutError } from '../errors/timeout.error.js';
import { abortReason } from '../http/abort-reason.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import type { CallLimits } from './call-limits.interface.js';
import { TokenEvents } from './token-events.js';

/** A present one and the one before. */
const MOST_REMEMBERED = 2;

/**
 * The client secret of the moment: one, the one of a list that worked last, or what a function says.
 *
 * @internal
 */
@Injectable()
export class ClientSecrets {
  private readonly logger: Logger;
  private preferred = 0;
  /** Secrets that worked, the latest first. */
  #worked: string[] = [];

  constructor(
    private readonly events: TokenEvents,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    this.logger = instanceLogger('Secrets', options);
  }

  /**
   * Runs a call with the secret. Where it is refused for its credentials, each further secret of a
   * list is tried once, and the one that worked is taken first from then on. All of it together, the
   * asking for the secret included, keeps the limits; the call is told how long is left. `orKnown`: where
   * a function gives none, the one that worked last will do.
   */
  async use<T>(
    call: (secret: string, timeout: number) => Promise<T>,
    isRefusal: (error: unknown) => boolean,
    { timeout = this.options.timeout, signal }: CallLimits = {},
    orKnown = false,
  ): Promise<T> {
    const { clock } = this.runtime;
    const end = clock.now() + timeout;
    const secrets = orKnown
      ? await this.currentOrKnown(timeout, signal)
      : await this.current(timeout, signal);
    const first = this.preferred % secrets.length;
    for (let tried = 0; ; tried++) {
      const index = (first + tried) % secrets.length;
      try {
        const left = Math.max(1, end - clock.now());
        const result = await call(secrets[index]!, left);
        if (tried > 0) this.prefer(index);
        this.remember(secrets[index]!);
        return result;
      } catch (error) {
        const over = tried + 1 >= secrets.length || clock.now() >= end;
        if (over || !isRefusal(error)) throw error;
      }
    }
  }

  /** All that may have sealed a token of this account, the one in use first; asks nobody. */
  known(): readonly string[] {
    const secret = this.options.clientSecret.reveal();
    if (typeof secret === 'string') return [secret];
    if (typeof secret === 'function') return this.#worked;
    const first = this.preferred % secret.length;
    return [...secret.slice(first), ...secret.slice(0, first)];
  }

  /** What a function says now; of other secrets, the one in use. */
  async latest(): Promise<string> {
    const secrets = await this.current(this.options.timeout);
    return secrets[this.preferred % secrets.length]!;
  }

  /** It worked: a token can be sealed with what it was got with, and the function is not asked. */
  remember(secret: string): void {
    const others = this.#worked.filter((one) => one !== secret);
    this.#worked = [secret, ...others].slice(0, MOST_REMEMBERED);
  }

  private prefer(index: number): void {
    this.preferred = index;
    this.events.emit({ type: 'secret-fallback', index });
    this.logger.warn(
      `The client secret in use was refused; number ${index + 1} of the list worked and is used from now on.`,
    );
  }

  /** A token must not outlive its process because the function fails just then. */
  private async currentOrKnown(
    timeout: number,
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    const [last] = this.#worked;
    const isAsked = typeof this.options.clientSecret.reveal() === 'function';
    if (!isAsked || last === undefined) return this.current(timeout, signal);
    try {
      return await this.current(timeout / 2, signal);
    } catch {
      return [last];
    }
  }

  private async current(
    timeout: number,
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    const secret = this.options.clientSecret.reveal();
    if (typeof secret === 'string') return [secret];
    return typeof secret === 'function'
      ? [await this.ask(secret, timeout, signal)]
      : secret;
  }

  private async ask(
    source: () => string | Promise<string>,
    timeout: number,
    signal?: AbortSignal,
  ): Promise<string> {
    const answered = new AbortController();
    const wait = AbortSignal.any(
      [answered.signal, signal].filter((one) => one !== undefined),
    );
    const late = this.runtime.timers.pause(timeout, wait).then((): never => {
      if (signal?.aborted) throw abortReason(signal, 'not-sent');
      throw new KopoKopoTimeoutError(
        `The clientSecret function gave nothing within ${Math.ceil(timeout)} ms.`,
        { outcome: 'not-sent' },
      );
    });
    try {
      return this.checked(await Promise.race([this.call(source), late]));
    } finally {
      answered.abort();
    }
  }

  /** What the function failed with is not passed on: it may quote the secret. */
  private async call(source: () => string | Promise<string>): Promise<string> {
    try {
      return await source();
    } catch {
      throw new KopoKopoConfigurationError(
        'The clientSecret function failed.',
        {
          retryable: true,
        },
      );
    }
  }

  private checked(secret: string): string {
    const problem =
      typeof secret === 'string' ? checkSecret(secret) : 'must be a text';
    if (problem === undefined) return secret;
    throw new KopoKopoConfigurationError(
      `What the clientSecret function gave ${problem}.`,
    );
  }
}
