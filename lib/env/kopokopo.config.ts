import { registerAs } from '@nestjs/config';
import { KopoKopoConfigurationError } from '../errors/configuration.error.js';
import { EnvironmentReader } from './environment.reader.js';
import type {
  KopoKopoEnvironment,
  KopoKopoModuleOptions,
  KopoKopoPrefetch,
} from '../config/kopokopo-options.interface.js';

/**
 * ConfigModule namespace `kopokopo` over the `KOPOKOPO_*` variables. `KOPOKOPO_REDIS_URL` turns the
 * shared token on; it needs `ioredis`.
 *
 * @example
 * ```ts
 * KopoKopoModule.forRootAsync(kopokopoConfig.asProvider())
 * ```
 * @throws KopoKopoConfigurationError when a number, a boolean or a list can't be read
 * @publicApi
 */
export const kopokopoConfig = registerAs('kopokopo', () =>
  readEnvironment(process.env),
);

/** Fields that are missing or have a wrong value are named by the module, which validates them all. */
function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): KopoKopoModuleOptions | Promise<KopoKopoModuleOptions> {
  const read = new EnvironmentReader(environment);
  read.exclusive('KOPOKOPO_CLIENT_SECRET', 'KOPOKOPO_CLIENT_SECRETS');
  const options: KopoKopoModuleOptions = {
    environment: read.text('KOPOKOPO_ENVIRONMENT') as KopoKopoEnvironment,
    baseUrl: read.text('KOPOKOPO_BASE_URL'),
    clientId: read.text('KOPOKOPO_CLIENT_ID') as string,
    clientSecret: (read.text('KOPOKOPO_CLIENT_SECRET') ??
      read.list('KOPOKOPO_CLIENT_SECRETS')) as string | string[],
    apiKey: read.text('KOPOKOPO_API_KEY'),
    apiVersion: read.text('KOPOKOPO_API_VERSION'),
    timeout: read.integer('KOPOKOPO_TIMEOUT'),
    userAgent: read.text('KOPOKOPO_USER_AGENT'),
    token: {
      prefetch: read.text('KOPOKOPO_TOKEN_PREFETCH') as KopoKopoPrefetch,
      earlyWindow: read.decimal('KOPOKOPO_TOKEN_EARLY_WINDOW'),
      lastWindow: read.integer('KOPOKOPO_TOKEN_LAST_WINDOW'),
      mintBudget: read.integer('KOPOKOPO_TOKEN_MINT_BUDGET'),
      mintAttempts: read.integer('KOPOKOPO_TOKEN_MINT_ATTEMPTS'),
      attemptTimeout: read.integer('KOPOKOPO_TOKEN_ATTEMPT_TIMEOUT'),
      cooldownMin: read.integer('KOPOKOPO_TOKEN_COOLDOWN_MIN'),
      cooldownMax: read.integer('KOPOKOPO_TOKEN_COOLDOWN_MAX'),
      revokeDelay: read.integer('KOPOKOPO_TOKEN_REVOKE_DELAY'),
      beat: read.integer('KOPOKOPO_TOKEN_BEAT'),
      lapse: read.integer('KOPOKOPO_TOKEN_LAPSE'),
    },
    shutdown: {
      revoke: read.boolean('KOPOKOPO_SHUTDOWN_REVOKE'),
      timeout: read.integer('KOPOKOPO_SHUTDOWN_TIMEOUT'),
      deadline: read.integer('KOPOKOPO_SHUTDOWN_DEADLINE'),
    },
  };
  const redisUrl = read.redisUrl('KOPOKOPO_REDIS_URL');
  read.finish();
  return redisUrl === undefined ? options : withRedis(options, redisUrl);
}

/** ioredis is loaded only where it is asked for. */
async function withRedis(
  options: KopoKopoModuleOptions,
  url: string,
): Promise<KopoKopoModuleOptions> {
  const { RedisTokenStore } = await loadRedis();
  const store = new RedisTokenStore({ url });
  return { ...options, token: { ...options.token, store } };
}

async function loadRedis(): Promise<
  typeof import('../redis/redis-token-store.js')
> {
  try {
    return await import('../redis/redis-token-store.js');
  } catch {
    throw new KopoKopoConfigurationError(
      'KOPOKOPO_REDIS_URL is set and the package ioredis can’t be loaded; install ioredis, version 5 or 6.',
    );
  }
}
