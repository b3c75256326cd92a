import type { Redis } from 'ioredis';
import { KopoKopoConfigurationError } from '../errors/configuration.error.js';
import type {
  KopoKopoStore,
  NextDocument,
  StoredDocument,
  SwapResult,
} from '../store/kopokopo-store.interface.js';
import { storeStep } from '../store/store-step.js';
import { OwnConnection } from './own-connection.js';
import {
  BorrowedConnection,
  type RedisConnection,
} from './redis-connection.js';
import { checkRedisOptions } from './redis-options.check.js';
import { RedisScript } from './redis-script.js';
import type { RedisTokenStoreOptions } from './scripted-token-store.js';
import { SWAP_SCRIPT } from './swap-script.js';

/** Milliseconds after which Redis is out of reach. */
const LIMIT = 200;

/** Bytes that a document may have: none of ours comes near it. */
const LARGEST = 262_144;

/**
 * The store, for a release of ioredis that somebody else has loaded: an app without it can load this.
 *
 * @internal
 */
export class ScriptedStore implements KopoKopoStore {
  readonly #connection: RedisConnection;
  readonly #script: RedisScript;
  readonly #prefix: string;

  constructor(given: RedisTokenStoreOptions, Client: typeof Redis) {
    const { client, url, options, keyPrefix } = checkRedisOptions(
      given,
      'RedisStore',
    );
    this.#prefix = keyPrefix ?? '';
    this.#connection =
      client === undefined
        ? new OwnConnection(Client, url, options)
        : new BorrowedConnection(client);
    this.#script = new RedisScript(this.#connection, SWAP_SCRIPT);
  }

  async read(key: string): Promise<StoredDocument> {
    const { swapped: _, ...stored } = await this.#step(key, ['read']);
    return stored;
  }

  async swap(
    key: string,
    expected: string | undefined,
    next: NextDocument | undefined,
  ): Promise<SwapResult> {
    const { document = '', version = '', ttl = '' } = { ...next };
    if (Buffer.byteLength(document) > LARGEST) {
      throw new KopoKopoConfigurationError(
        `A document of more than ${LARGEST} bytes is not stored.`,
      );
    }
    const args = ['swap', expected ?? '', document, version, String(ttl)];
    const found = await this.#step(key, args);
    const isThere = found.swapped && next !== undefined;
    return isThere ? { ...found, document, version } : found;
  }

  /** Closes the connection, if the store opened it. */
  async close(): Promise<void> {
    this.#connection.close();
  }

  #step(key: string, args: string[]): Promise<SwapResult> {
    return this.#script.run([this.#prefix + key, ...args], async (answer) =>
      resultOf(await storeStep(answer, LIMIT)),
    );
  }
}

function resultOf(answer: unknown): SwapResult {
  const [swapped, document, version, now] = answer as [
    number,
    string,
    string,
    number,
  ];
  const result = { swapped: swapped === 1, now };
  return version === '' ? result : { ...result, document, version };
}
