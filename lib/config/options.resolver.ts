import type {
  KopoKopoApiKey,
  KopoKopoClientSecret,
  KopoKopoModuleOptions,
} from './kopokopo-options.interface.js';
import {
  DEFAULTS,
  ORIGINS,
  RESULTS_DEFAULTS,
  SHUTDOWN_DEFAULTS,
  TOKEN_DEFAULTS,
  WEBHOOKS_DEFAULTS,
  withDefaults,
} from './options.defaults.js';
import { validateOptions } from './options.validator.js';
import type {
  ResolvedOptions,
  ResolvedWebhooksOptions,
} from './resolved-options.interface.js';
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
    apiKey:
      given.apiKey === undefined
        ? undefined
        : new Secret(ownCopy(given.apiKey)),
    apiVersion: given.apiVersion ?? DEFAULTS.apiVersion,
    timeout: given.timeout ?? DEFAULTS.timeout,
    userAgent: given.userAgent ?? DEFAULTS.userAgent,
    // Without a prototype, so that a polluted one can't name a proxy.
    http: new Secret(Object.assign(Object.create(null), given.http)),
    token: withDefaults(TOKEN_DEFAULTS, given.token),
    store: given.store,
    journal: given.journal ?? DEFAULTS.journal,
    webhooks: withDefaults(webhooksOf(name), given.webhooks),
    results: withDefaults(RESULTS_DEFAULTS, given.results),
    shutdown: withDefaults(SHUTDOWN_DEFAULTS, given.shutdown),
  };
}

/** A list that the app changes later must not change ours. */
function ownCopy<T extends KopoKopoClientSecret | KopoKopoApiKey>(
  secret: T,
): T {
  return (Array.isArray(secret) ? [...(secret as string[])] : secret) as T;
}

/** Each instance has a route of its own; a colon would name a part of a path that varies. */
function webhooksOf(name: string | undefined): ResolvedWebhooksOptions {
  if (name === undefined) return WEBHOOKS_DEFAULTS;
  const path = `${WEBHOOKS_DEFAULTS.path}/${name.replaceAll(':', '-')}`;
  return { ...WEBHOOKS_DEFAULTS, path };
}

function originOf(given: KopoKopoModuleOptions): string {
  return given.baseUrl === undefined
    ? ORIGINS[given.environment!]
    : new URL(given.baseUrl).origin;
}
