import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import type {
  StoredCoolDown,
  StoredToken,
  TokenStore,
  TokenStoreLease,
  TokenStoreView,
} from '../config/token-store.interface.js';
import { KopoKopoConfigurationError } from '../errors/configuration.error.js';
import { FLEET_SCRIPT } from './fleet-script.js';

/** Milliseconds for which a client that is connecting is waited for, and between two looks. */
const CONNECT_LIMIT = 150;
const LOOK = 10;

const SCRIPT_SHA = createHash('sha1').update(FLEET_SCRIPT).digest('hex');

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
 * Options of `RedisTokenStore`: one of `client`, `url` and `options`.
 *
 * @publicApi
 */
export interface RedisTokenStoreOptions {
  /** A client of the app, `Redis` or `Cluster`; the store never closes it. */
  client?: RedisTokenStoreClient;
  /** `redis://` or `rediss://` URL; the store opens the connection and closes it after the revocation. */
  url?: string;
  /** ioredis options beside `url`, or in its place. */
  options?: RedisOptions;
  /** Begin of every key. Default `kopokopo`. */
  keyPrefix?: string;
}

/** What the script answers. */
interface Answer extends TokenStoreLease {
  claimed?: StoredToken[];
}

/**
 * Shares one token between all processes that use one Redis (or Valkey, or Redis Cluster). Each
 * account is one key with a TTL; each step is one Lua script; Redis' clock tells the time.
 *
 * @example
 * ```ts
 * KopoKopoModule.forRoot({ ..., token: { store: new RedisTokenStore({ url: 'redis://cache:6379' }) } })
 * ```
 * @publicApi
 */
export class RedisTokenStore implements TokenStore {
  readonly #client: RedisTokenStoreClient;
  readonly #own: Redis | undefined;
  readonly #prefix: string;
  #connecting: Promise<void> | undefined;
  /** Members of this process: several instances may share one store. */
  readonly #joined = new Set<string>();

  /** @throws KopoKopoConfigurationError when it is told of no Redis */
  constructor({ client, url, options, keyPrefix }: RedisTokenStoreOptions) {
    if ((client ?? url ?? options) === undefined) {
      throw new KopoKopoConfigurationError(
        'RedisTokenStore needs a client, a url or options.',
      );
    }
    this.#prefix = keyPrefix ?? 'kopokopo';
    this.#own = client === undefined ? connect(url, options) : undefined;
    this.#client = client ?? this.#own!;
  }

  beat(
    account: string,
    member: string,
    lapse: number,
  ): Promise<TokenStoreView> {
    this.#joined.add(member);
    return this.#step(account, 'beat', { member, lapse });
  }

  lease(
    account: string,
    member: string,
    lapse: number,
    duration: number,
  ): Promise<TokenStoreLease> {
    this.#joined.add(member);
    return this.#step(account, 'lease', { member, lapse, duration });
  }

  async release(account: string, member: string): Promise<void> {
    await this.#step(account, 'release', { member });
  }

  publish(
    account: string,
    member: string,
    token: StoredToken,
    delay: number,
  ): Promise<TokenStoreView> {
    return this.#step(account, 'publish', { ...token, member, delay });
  }

  async coolDown(
    account: string,
    member: string,
    pause: StoredCoolDown,
  ): Promise<void> {
    await this.#step(account, 'coolDown', { ...pause, member });
  }

  async invalidate(account: string, id: string, delay: number): Promise<void> {
    await this.#step(account, 'invalidate', { id, delay });
  }

  async leave(
    account: string,
    member: string,
  ): Promise<Pick<TokenStoreView, 'members'>> {
    const { members } = await this.#step(account, 'leave', { member });
    return { members };
  }

  async claim(
    account: string,
    member: string,
    hold: number,
  ): Promise<StoredToken[]> {
    const { claimed } = await this.#step(account, 'claim', { member, hold });
    return claimed ?? [];
  }

  async settle(account: string, id: string): Promise<void> {
    await this.#step(account, 'settle', { id });
  }

  /** Closes the connection, if the store opened it and no other member of this process uses it. */
  async close(member: string): Promise<void> {
    this.#joined.delete(member);
    const own = this.#own;
    if (this.#joined.size > 0 || own === undefined) return;
    if (own.stream?.destroyed) return;
    own.disconnect();
    // ioredis would wait 2 s for a server that does not answer, and keep the process alive meanwhile.
    own.stream?.destroy();
  }

  /** On demand and not by ioredis' own timer, which would keep a process alive. */
  async #connect(): Promise<void> {
    const own = this.#own;
    if (own === undefined) return this.#connected();
    if (own.status === 'ready') return;
    this.#connecting ??= own.connect().finally(() => {
      this.#connecting = undefined;
    });
    await this.#connecting;
  }

  /**
   * A client that is away keeps commands until it is back, when what they say is no longer so: it is
   * given none. One that has only just been made is waited for.
   */
  async #connected(): Promise<void> {
    for (let waited = 0; ; waited += LOOK) {
      const { status = 'ready' } = this.#client;
      if (status === 'ready' || status === 'wait') return;
      if (status === 'end' || waited >= CONNECT_LIMIT) {
        throw new Error('The Redis client is not connected.');
      }
      await setTimeout(LOOK);
    }
  }

  async #step(account: string, step: string, given: object): Promise<Answer> {
    const key = `${this.#prefix}:{${account}}`;
    const args = [key, step, JSON.stringify(given)];
    await this.#connect();
    const text = await this.#client
      .evalsha(SCRIPT_SHA, 1, ...args)
      .catch((error: Error) => {
        if (!error.message.startsWith('NOSCRIPT')) throw error;
        return this.#client.eval(FLEET_SCRIPT, 1, ...args);
      });
    return JSON.parse(text as string) as Answer;
  }
}

function connect(url: string | undefined, options: RedisOptions = {}): Redis {
  const settings: RedisOptions = {
    ...options,
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  };
  const redis =
    url === undefined ? new Redis(settings) : new Redis(url, settings);
  // Without a listener ioredis writes to the console; the failed steps tell.
  redis.on('error', () => undefined);
  // The connection must not keep a process alive that has nothing else to do.
  redis.on('connect', () => redis.stream.unref?.());
  return redis;
}
