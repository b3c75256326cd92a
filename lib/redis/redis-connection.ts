import { setTimeout } from 'node:timers/promises';

/** Milliseconds for which a client that is connecting is waited for, and between two looks. */
const CONNECT_LIMIT = 150;
const LOOK = 10;

/** What ioredis says of each command, and of `connect()`, when the connection has gone. */
export const CLOSED = /^Connection is closed/;

/**
 * The part of a client that is used: `Redis` or `Cluster` of ioredis 5 or 6.
 *
 * @publicApi
 */
export interface RedisTokenStoreClient {
  /** What ioredis says of the connection. */
  readonly status: string;
  /** Connects a client that was made with `lazyConnect`. */
  connect?(): Promise<unknown>;
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
 * A way to Redis, and who closes it.
 *
 * @internal
 */
export interface RedisConnection {
  /** Rejects where a command would not be sent at once. */
  use<T>(command: (client: RedisTokenStoreClient) => Promise<T>): Promise<T>;
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
  constructor(private readonly client: RedisTokenStoreClient) {}

  async use<T>(
    command: (client: RedisTokenStoreClient) => Promise<T>,
  ): Promise<T> {
    await this.ready();
    try {
      return await command(this.client);
    } catch (error) {
      throw CLOSED.test((error as Error).message) ? disconnected() : error;
    }
  }

  close(): void {}

  /** Without an offline queue it would refuse the first command. */
  private async wake(): Promise<void> {
    try {
      await this.client.connect?.();
    } catch {
      // Its status tells, and whoever uses it hears of it.
    }
  }

  private async ready(): Promise<void> {
    for (let waited = 0; ; waited += LOOK) {
      const { status, connect } = this.client;
      if (status === 'ready' || (status === 'wait' && !connect)) return;
      if (status === 'wait') void this.wake();
      if (status === 'end' || waited >= CONNECT_LIMIT) {
        throw disconnected();
      }
      await setTimeout(LOOK);
    }
  }
}

function disconnected(): Error {
  return new Error('DISCONNECTED Redis client');
}
