import { VERSION } from '../kopokopo.constants.js';
import type {
  KopoKopoEnvironment,
  KopoKopoShutdownOptions,
} from './kopokopo-options.interface.js';
import type {
  ResolvedResultsOptions,
  ResolvedTokenOptions,
  ResolvedWebhooksOptions,
} from './resolved-options.interface.js';

/** Hosts of both environments (API page, "Hosts"). @internal */
export const ORIGINS: Record<KopoKopoEnvironment, string> = {
  sandbox: 'https://sandbox.kopokopo.com',
  production: 'https://api.kopokopo.com',
};

/** @internal */
export const DEFAULTS = {
  apiVersion: 'v2',
  timeout: 10_000,
  journal: 'strict',
  userAgent: `nestjs-kopokopo/${VERSION} (node ${process.versions.node})`,
} as const;

/** @internal */
export const TOKEN_DEFAULTS: ResolvedTokenOptions = {
  prefetch: 'background',
  earlyWindow: 0.25,
  lastWindow: 10_000,
  mintBudget: 10_000,
  mintAttempts: 3,
  attemptTimeout: 4_000,
  cooldownMin: 1_000,
  cooldownMax: 60_000,
  revokeDelay: 60_000,
  beat: 10_000,
  lapse: 30_000,
};

/** @internal */
export const WEBHOOKS_DEFAULTS: ResolvedWebhooksOptions = {
  path: '/kopokopo/webhooks',
  timeout: 8_000,
  longest: 300_000,
  limit: 1_048_576,
  unhandled: 'warn',
};

/** @internal */
export const RESULTS_DEFAULTS: ResolvedResultsOptions = {
  first: 30_000,
  longest: 900_000,
  until: 86_400_000,
};

/** @internal */
export const SHUTDOWN_DEFAULTS: Required<KopoKopoShutdownOptions> = {
  revoke: true,
  timeout: 5_000,
  deadline: 8_000,
};

/** A key set to `undefined` counts as left out. @internal */
export function withDefaults<T extends object>(
  defaults: T,
  given: Partial<T> | undefined,
): T {
  const set = Object.entries(given ?? {}).filter(
    ([, value]) => value !== undefined,
  );
  return { ...defaults, ...Object.fromEntries(set) };
}
