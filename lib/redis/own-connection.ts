import type { Redis, RedisOptions } from 'ioredis';
import { KopoKopoConfigurationError } from '../errors/configuration.error.js';
import {
  CLOSED,
  type RedisConnection,
  type RedisTokenStoreClient,
} from './redis-connection.js';
import { leadsElsewhere } from './redis-reply.js';

/** Milliseconds after which a connection that says nothing is taken for dead. */
const SILENCE = 1_000;

/** Milliseconds that a Sentinel may take for an answer. */
const SENTINEL_LIMIT = 200;

/**
 * A connection that the store opens on demand, not by ioredis' own timer, which would keep a process
 * alive, and drops as soon as it leads nowhere.
 *
 * @internal
 */
export class OwnConnection implements RedisConnection {
  readonly #client: Redis;
  #connecting: Promise<void> | undefined;
  #problem: Error | undefined;

  constructor(
    Client: typeof Redis,
    url: string | undefined,
    options: RedisOptions = {},
  ) {
    const settings: RedisOptions = {
      sentinelRetryStrategy: () => null,
      sentinelCommandTimeout: SENTINEL_LIMIT,
      ...options,
      lazyConnect: true,
      // Its question costs a round trip; a server that loads its data says so to every command.
      enableReadyCheck: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    };
    const client = clientOf(Client, url, settings);
    // Without a listener ioredis writes to the console.
    client.on('error', (error: Error) => (this.#problem = error));
    // The connection must not keep a process alive that has nothing else to do.
    client.on('connect', () => client.stream.unref?.());
    this.#client = client;
  }

  async use<T>(
    command: (client: RedisTokenStoreClient) => Promise<T>,
  ): Promise<T> {
    const tooLong = setTimeout(() => this.close(), SILENCE).unref();
    try {
      await this.#ready();
      return await command(this.#client);
    } catch (error) {
      const { message } = error as Error;
      if (leadsElsewhere(error)) this.close();
      // The event before it says why: below 5.10 also why nobody is logged in.
      const isLate = CLOSED.test(message) || message.startsWith('NOAUTH');
      throw isLate ? (this.#problem ?? error) : error;
    } finally {
      clearTimeout(tooLong);
    }
  }

  close(): void {
    const client = this.#client;
    if (client.stream?.destroyed) return;
    client.disconnect();
    // ioredis would wait 2 s for a server that does not answer, and keep the process alive meanwhile.
    client.stream?.destroy();
  }

  async #ready(): Promise<void> {
    if (this.#client.status === 'ready') return;
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    await this.#connecting;
  }

  async #connect(): Promise<void> {
    this.#problem = undefined;
    await this.#client.connect();
  }
}

/** @throws KopoKopoConfigurationError where ioredis does not take them; what it says may quote them */
function clientOf(
  Client: typeof Redis,
  url: string | undefined,
  options: RedisOptions,
): Redis {
  try {
    return url === undefined ? new Client(options) : new Client(url, options);
  } catch {
    const messages = ['ioredis does not take its options.'];
    throw new KopoKopoConfigurationError(
      `The Redis store is not set up: ${messages[0]}`,
      { messages },
    );
  }
}
