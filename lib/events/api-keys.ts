import { Inject, Injectable } from '@nestjs/common';
import { apiKey as checkKeys } from '../config/option-checks.js';
import type { KopoKopoApiKey } from '../config/kopokopo-options.interface.js';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KopoKopoConfigurationError } from '../errors/configuration.error.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';

/**
 * The keys that an account's deliveries may be signed with: one, several while it is rotated, or what a
 * function says.
 *
 * @internal
 */
@Injectable()
export class ApiKeys {
  #known: readonly string[] | undefined;

  constructor(
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /** The keys where no function must be asked for them. */
  get known(): readonly string[] | undefined {
    this.#known ??= known(this.options.apiKey?.reveal());
    return this.#known;
  }

  /** @throws KopoKopoConfigurationError where there is none, or the function fails */
  async current(): Promise<readonly string[]> {
    const given = this.options.apiKey?.reveal();
    if (given === undefined) {
      throw new KopoKopoConfigurationError(
        'No delivery can be verified without apiKey; set it to the API key of the application.',
      );
    }
    return typeof given === 'function' ? this.ask(given) : known(given)!;
  }

  /** The function's own error is not passed on: it may quote the key. */
  private async ask(
    source: () =>
      string | readonly string[] | Promise<string | readonly string[]>,
  ): Promise<readonly string[]> {
    let keys: string | readonly string[];
    try {
      keys = await source();
    } catch {
      throw new KopoKopoConfigurationError('The apiKey function failed.', {
        retryable: true,
      });
    }
    const problem = checkKeys(keys);
    if (problem !== undefined || typeof keys === 'function') {
      throw new KopoKopoConfigurationError(
        `What the apiKey function gave ${problem ?? 'must be a text'}.`,
      );
    }
    return typeof keys === 'string' ? [keys] : keys;
  }
}

function known(
  given: KopoKopoApiKey | undefined,
): readonly string[] | undefined {
  if (typeof given === 'string') return [given];
  return typeof given === 'function' ? undefined : given;
}
