import { Redis } from 'ioredis';
import type { RedisTokenStoreOptions } from './scripted-token-store.js';
import { ScriptedStore } from './scripted-store.js';

/**
 * Options of `RedisStore`: a `client`, or `url` and `options` or one of them.
 *
 * @publicApi
 */
export type RedisStoreOptions = RedisTokenStoreOptions;

/**
 * Keeps documents in Redis (or Valkey, or Redis Cluster), so that several processes share them: a key each,
 * with a TTL, changed by one Lua script. Redis' clock tells the time. A step rejects after 200 ms. The Redis must keep
 * what it is given (`maxmemory-policy noeviction`): a reference that it evicts is sent again.
 *
 * @example
 * ```ts
 * KopoKopoModule.forRoot({ ..., store: new RedisStore({ url: 'redis://cache:6379' }) })
 * ```
 * @publicApi
 */
export class RedisStore extends ScriptedStore {
  /** @throws KopoKopoConfigurationError when the options are wrong; nothing is connected yet */
  constructor(given: RedisStoreOptions) {
    super(given, Redis);
  }
}
