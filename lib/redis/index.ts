export type { RedisTokenStoreClient } from './redis-connection.js';
export { RedisTokenStore } from './redis-token-store.js';
export type { RedisTokenStoreOptions } from './scripted-token-store.js';
