export type { RedisTokenStoreClient } from './redis-connection.js';
export { RedisStore, type RedisStoreOptions } from './redis-store.js';
export { RedisTokenStore } from './redis-token-store.js';
export type { RedisTokenStoreOptions } from './scripted-token-store.js';
