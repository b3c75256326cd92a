import type { KopoKopoModuleOptions } from './kopokopo-options.interface.js';
import {
  DEFAULTS,
  ORIGINS,
  SHUTDOWN_DEFAULTS,
  TOKEN_DEFAULTS,
  withDefaults,
} from './options.defaults.js';
import { validateOptions } from './options.validator.js';
import type { ResolvedOptions } from './resolved-options.interface.js';
import { Secret } from './secret.js';

/**
 * Validates the options and puts the defaults in place; the same for `forRoot` and `forRootAsync`.
 *
 * @throws KopoKopoConfigurationError with one sentence for each wrong field
 * @internal
 */
export function resolveOptions(
  given: KopoKopoModuleOptions,
  name?: string,
): ResolvedOptions {
  validateOptions(given, name);
  return {
    name,
    origin: originOf(given),
    clientId: given.clientId,
    clientSecret: new Secret(given.clientSecret),
    apiKey: given.apiKey === undefined ? undefined : new Secret(given.apiKey),
    apiVersion: given.apiVersion ?? DEFAULTS.apiVersion,
    timeout: given.timeout ?? DEFAULTS.timeout,
    userAgent: given.userAgent ?? DEFAULTS.userAgent,
    http: { ...given.http },
    token: withDefaults(TOKEN_DEFAULTS, given.token),
    shutdown: withDefaults(SHUTDOWN_DEFAULTS, given.shutdown),
  };
}

function originOf(given: KopoKopoModuleOptions): string {
  return given.baseUrl === undefined
    ? ORIGINS[given.environment!]
    : new URL(given.baseUrl).origin;
}
