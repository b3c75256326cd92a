import { inspect } from 'node:util';
import type { KopoKopoModuleOptions } from '../config/kopokopo-options.interface.js';

const REDACTED = '[redacted]';

/**
 * Makes options print without their secrets, wherever ConfigModule keeps them. A spread of them prints
 * so too, and still holds the secrets.
 *
 * @internal
 */
export function concealed(
  options: KopoKopoModuleOptions,
): KopoKopoModuleOptions {
  return Object.defineProperties(options, {
    [inspect.custom]: { value: printable, enumerable: true },
    // A spread would make an option of it that nobody knows.
    toJSON: { value: printable, enumerable: false },
  });
}

function printable(this: KopoKopoModuleOptions): object {
  const { clientSecret, apiKey } = this;
  return {
    ...Object.fromEntries(Object.entries(this)),
    clientSecret: clientSecret === undefined ? undefined : REDACTED,
    apiKey: apiKey === undefined ? undefined : REDACTED,
  };
}
