export type { RedisTokenStoreClient } from './redis-connection.js';
export {
  RedisTokenStore,
  type RedisTokenStoreOptions,
} from './redis-token-store.js';
