import { redisUrlProblem } from '../config/redis-url.js';
import { KopoKopoConfigurationError } from '../errors/configuration.error.js';
import type { RedisTokenStoreOptions } from './scripted-token-store.js';

/**
 * Looks at the options before anything is connected; no sentence holds a value.
 *
 * @throws KopoKopoConfigurationError with one sentence for each thing that is wrong
 * @internal
 */
export function checkRedisOptions(
  given: unknown,
  store: 'RedisTokenStore' | 'RedisStore' = 'RedisTokenStore',
): RedisTokenStoreOptions {
  const messages = problemsOf(given ?? {}, store);
  if (messages.length === 0) return given as RedisTokenStoreOptions;
  const lines = messages.map((message) => `\n- ${message}`).join('');
  throw new KopoKopoConfigurationError(`${store} is not set up:${lines}`, {
    messages,
  });
}

function problemsOf(given: unknown, store: string): string[] {
  if (!isObject(given)) {
    return [`It takes an object: new ${store}({ url }).`];
  }
  const { client, url, options, keyPrefix } = given;
  const problems: string[] = [];
  const isOwn = url !== undefined || options !== undefined;
  if (client === undefined && !isOwn) {
    problems.push(
      'It is told of no Redis; set client, url or options (is an environment variable missing?).',
    );
  }
  if (client !== undefined && isOwn) {
    problems.push('client stands beside url or options; set one of them.');
  }
  if (client !== undefined && !isClient(client)) {
    problems.push(
      'client must be a Redis or a Cluster of ioredis; for another client (node-redis, or one that speaks HTTP, such as Upstash’s) set url in its place.',
    );
  }
  const wrongUrl = url === undefined ? undefined : redisUrlProblem(url);
  if (wrongUrl !== undefined) problems.push(`url ${wrongUrl}.`);
  if (options !== undefined && !isObject(options)) {
    problems.push('options must be an object of ioredis options.');
  }
  if (isObject(options) && !isDatabase(options.db)) {
    problems.push('options.db must be the number of a database.');
  }
  if (keyPrefix !== undefined && typeof keyPrefix !== 'string') {
    problems.push('keyPrefix must be a text.');
  }
  return problems;
}

function isDatabase(value: unknown): boolean {
  return (value ?? undefined) === undefined || /^\d+$/.test(String(value));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isClient(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value.status === 'string' &&
    typeof value.eval === 'function' &&
    typeof value.evalsha === 'function'
  );
}
