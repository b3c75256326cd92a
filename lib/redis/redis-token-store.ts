import { Redis } from 'ioredis';
import {
  type RedisTokenStoreOptions,
  ScriptedTokenStore,
} from './scripted-token-store.js';

/**
 * Shares one token between all processes that use one Redis (or Valkey, or Redis Cluster). Each
 * account is one key with a TTL; each step is one Lua script; Redis' clock tells the time. A step rejects
 * where Redis is out of reach; the module then goes on without it.
 *
 * @example
 * ```ts
 * KopoKopoModule.forRoot({ ..., token: { store: new RedisTokenStore({ url: 'redis://cache:6379' }) } })
 * ```
 * @publicApi
 */
export class RedisTokenStore extends ScriptedTokenStore {
  /** @throws KopoKopoConfigurationError when the options are wrong; nothing is connected yet */
  constructor(given: RedisTokenStoreOptions) {
    super(given, Redis);
  }
}
