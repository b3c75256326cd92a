import type {
  KopoKopoClientSecret,
  KopoKopoModuleOptions,
} from './kopokopo-options.interface.js';
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
    clientSecret: new Secret(ownCopy(given.clientSecret)),
    apiKey: given.apiKey === undefined ? undefined : new Secret(given.apiKey),
    apiVersion: given.apiVersion ?? DEFAULTS.apiVersion,
    timeout: given.timeout ?? DEFAULTS.timeout,
    userAgent: given.userAgent ?? DEFAULTS.userAgent,
    // Without a prototype, so that a polluted one can't name a proxy.
    http: new Secret(Object.assign(Object.create(null), given.http)),
    token: withDefaults(TOKEN_DEFAULTS, given.token),
    shutdown: withDefaults(SHUTDOWN_DEFAULTS, given.shutdown),
  };
}

/** A list that the app changes later must not change ours. */
function ownCopy(secret: KopoKopoClientSecret): KopoKopoClientSecret {
  return typeof secret === 'object' ? [...secret] : secret;
}

function originOf(given: KopoKopoModuleOptions): string {
  return given.baseUrl === undefined
    ? ORIGINS[given.environment!]
    : new URL(given.baseUrl).origin;
}
