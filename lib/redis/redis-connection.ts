import { setTimeout } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';

/** Milliseconds for which a client that is connecting is waited for, and between two looks. */
const CONNECT_LIMIT = 150;
const LOOK = 10;

/**
 * What is used of a client: `Redis` or `Cluster` of ioredis 5 or 6.
 *
 * @publicApi
 */
export interface RedisTokenStoreClient {
  /** What ioredis says of the connection. */
  readonly status?: string;
  /** Runs a script that the server knows. */
  evalsha(
    sha: string,
    keys: number,
    ...args: (string | number)[]
  ): Promise<unknown>;
  /** Runs a script that the server does not know yet. */
  eval(
    script: string,
    keys: number,
    ...args: (string | number)[]
  ): Promise<unknown>;
}

/**
 * A way to Redis: when it is ready, and who closes it.
 *
 * @internal
 */
export interface RedisConnection {
  readonly client: RedisTokenStoreClient;
  /** @throws where a command would not be sent at once */
  ready(): Promise<void>;
  close(): void;
}

/**
 * The app's own client, which is never closed here. While it is away it keeps commands until it is
 * back, when what they say is no longer so: it is given none. One that has only just been made is
 * waited for.
 *
 * @internal
 */
export class BorrowedConnection implements RedisConnection {
  constructor(readonly client: RedisTokenStoreClient) {}

  async ready(): Promise<void> {
    for (let waited = 0; ; waited += LOOK) {
      const { status = 'ready' } = this.client;
      if (status === 'ready' || status === 'wait') return;
      if (status === 'end' || waited >= CONNECT_LIMIT) {
        throw new Error('DISCONNECTED Redis client');
      }
      await setTimeout(LOOK);
    }
  }

  close(): void {}
}

/**
 * A connection that the store opens on demand, not by ioredis' own timer, which would keep a process
 * alive.
 *
 * @internal
 */
export class OwnConnection implements RedisConnection {
  readonly client: Redis;
  #connecting: Promise<void> | undefined;
  #problem: Error | undefined;

  constructor(url: string | undefined, options: RedisOptions = {}) {
    const settings: RedisOptions = {
      ...options,
      lazyConnect: true,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    };
    this.client =
      url === undefined ? new Redis(settings) : new Redis(url, settings);
    // Without a listener ioredis writes to the console; what connect() rejects with says less.
    this.client.on('error', (error: Error) => (this.#problem = error));
    // The connection must not keep a process alive that has nothing else to do.
    this.client.on('connect', () => this.client.stream.unref?.());
  }

  async ready(): Promise<void> {
    if (this.client.status === 'ready') return;
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    await this.#connecting;
  }

  close(): void {
    const { client } = this;
    if (client.stream?.destroyed) return;
    client.disconnect();
    // ioredis would wait 2 s for a server that does not answer, and keep the process alive meanwhile.
    client.stream?.destroy();
  }

  async #connect(): Promise<void> {
    this.#problem = undefined;
    try {
      await this.client.connect();
    } catch (error) {
      throw this.#problem ?? error;
    }
  }
}
