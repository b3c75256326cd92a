import { Inject, Injectable, Logger } from '@nestjs/common';
import { clientSecret as checkSecret } from '../config/option-checks.js';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KopoKopoConfigurationError } from '../errors/configuration.error.js';
import { KopoKopoTimeoutError } from '../errors/timeout.error.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { TokenEvents } from './token-events.js';

/**
 * The client secret of the moment: one, the one of a list that worked last, or what a function says.
 *
 * @internal
 */
@Injectable()
export class ClientSecrets {
  private readonly logger = new Logger(ClientSecrets.name);
  private preferred = 0;

  constructor(
    private readonly events: TokenEvents,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /**
   * Runs a call with the secret. Where it is refused for its credentials, each further secret of a
   * list is tried once, and the one that worked is taken first from then on.
   */
  async use<T>(
    call: (secret: string) => Promise<T>,
    isRefusal: (error: unknown) => boolean,
    timeout: number = this.options.timeout,
  ): Promise<T> {
    const secrets = await this.current(timeout);
    const first = this.preferred % secrets.length;
    for (let tried = 0; ; tried++) {
      const index = (first + tried) % secrets.length;
      try {
        const result = await call(secrets[index]!);
        if (tried > 0) this.prefer(index);
        return result;
      } catch (error) {
        if (tried + 1 >= secrets.length || !isRefusal(error)) throw error;
      }
    }
  }

  /** All that may have sealed a token of this account, the one in use first. */
  async known(): Promise<readonly string[]> {
    const secrets = await this.current(this.options.timeout);
    const first = this.preferred % secrets.length;
    return [...secrets.slice(first), ...secrets.slice(0, first)];
  }

  private prefer(index: number): void {
    this.preferred = index;
    this.events.emit({ type: 'secret-fallback', index });
    this.logger.warn(
      `The client secret in use was refused; number ${index + 1} of the list worked and is used from now on.`,
    );
  }

  private async current(timeout: number): Promise<readonly string[]> {
    const secret = this.options.clientSecret.reveal();
    if (typeof secret === 'string') return [secret];
    return typeof secret === 'function'
      ? [await this.ask(secret, timeout)]
      : secret;
  }

  private async ask(
    source: () => string | Promise<string>,
    timeout: number,
  ): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new KopoKopoTimeoutError(
              `The clientSecret function gave nothing within ${timeout} ms.`,
              { outcome: 'not-sent' },
            ),
          ),
        timeout,
      );
    });
    try {
      return this.checked(await Promise.race([this.call(source), late]));
    } finally {
      clearTimeout(timer);
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
