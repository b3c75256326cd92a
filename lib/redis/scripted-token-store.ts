import { createHash } from 'node:crypto';
import type { RedisOptions } from 'ioredis';
import type {
  PublishedToken,
  StoredCoolDown,
  StoredToken,
  TokenStore,
  TokenStoreLease,
  TokenStoreView,
} from '../config/token-store.interface.js';
import { storeProblem } from '../token/store/store-problem.js';
import { FLEET_SCRIPT } from './fleet-script.js';
import { checkRedisOptions } from './redis-options.check.js';
import { OwnConnection } from './own-connection.js';
import {
  BorrowedConnection,
  type RedisConnection,
  type RedisTokenStoreClient,
} from './redis-connection.js';

const SCRIPT_SHA = createHash('sha1').update(FLEET_SCRIPT).digest('hex');

/**
 * Options of `RedisTokenStore`: a `client`, or `url` and `options` or one of them.
 *
 * @publicApi
 */
export interface RedisTokenStoreOptions {
  /** A client of the app, `Redis` or `Cluster`; the store never closes it. */
  client?: RedisTokenStoreClient;
  /** `redis://` or `rediss://` URL; the store opens the connection and closes it after the revocation. */
  url?: string;
  /**
   * ioredis options beside `url`, or in its place: TLS, Sentinel, user. The store connects and gives up
   * by its own rules: `lazyConnect`, `enableReadyCheck`, `retryStrategy` and `maxRetriesPerRequest` are not heeded.
   */
  options?: RedisOptions;
  /** Begin of every key, before a hash in braces (the hash tag of a Cluster). Default `kopokopo`. */
  keyPrefix?: string;
}

/** What the script answers. */
interface Answer extends TokenStoreLease {
  claimed?: StoredToken[];
}

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
export class RedisTokenStore implements TokenStore {
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  /** A server has been told the script; another one may not know it. */
  #isKnown = false;
  /** Members of this process: several instances may share one store. */
  readonly #joined = new Set<string>();

  /** @throws KopoKopoConfigurationError when the options are wrong; nothing is connected yet */
  constructor(given: RedisTokenStoreOptions) {
    const { client, url, options, keyPrefix } = checkRedisOptions(given);
    this.#prefix = keyPrefix ?? 'kopokopo';
    this.#connection =
      client === undefined
        ? new OwnConnection(url, options)
        : new BorrowedConnection(client);
  }

  beat(
    account: string,
    member: string,
    lapse: number,
    known = 0,
  ): Promise<TokenStoreView> {
    this.#joined.add(member);
    return this.#step(account, 'beat', { member, lapse, known });
  }

  lease(
    account: string,
    member: string,
    lapse: number,
    duration: number,
    known = 0,
  ): Promise<TokenStoreLease> {
    this.#joined.add(member);
    return this.#step(account, 'lease', { member, lapse, duration, known });
  }

  async release(account: string, member: string): Promise<void> {
    await this.#step(account, 'release', { member });
  }

  publish(
    account: string,
    member: string,
    token: PublishedToken,
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
    if (this.#joined.size === 0) this.#connection.close();
  }

  async #step(account: string, step: string, given: object): Promise<Answer> {
    const key = `${this.#prefix}:{${account}}`;
    const args = [key, step, JSON.stringify(given)];
    try {
      return JSON.parse((await this.#run(args)) as string) as Answer;
    } catch (error) {
      throw outOfReach(error);
    }
  }

  #run(args: string[]): Promise<unknown> {
    return this.#connection.use(async (client) => {
      // Whole at first: whether it is known costs a round trip more.
      if (!this.#isKnown) return this.#teach(client, args);
      try {
        return await client.evalsha(SCRIPT_SHA, 1, ...args);
      } catch (error) {
        if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
        return client.eval(FLEET_SCRIPT, 1, ...args);
      }
    });
  }

  async #teach(
    client: RedisTokenStoreClient,
    args: string[],
  ): Promise<unknown> {
    const answer = await client.eval(FLEET_SCRIPT, 1, ...args);
    this.#isKnown = true;
    return answer;
  }
}

/** What ioredis throws holds the command it was about, the password of `AUTH` for one. */
function outOfReach(error: unknown): Error {
  const code = storeProblem(error);
  const why = code === undefined ? '' : ` (${code})`;
  return Object.assign(new Error(`Redis is out of reach${why}.`), { code });
}
