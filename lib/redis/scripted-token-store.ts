import type { Redis, RedisOptions } from 'ioredis';
import type {
  PublishedToken,
  StoredCoolDown,
  StoredToken,
  TokenStore,
  TokenStoreLease,
  TokenStoreView,
} from '../config/token-store.interface.js';
import { FLEET_SCRIPT } from './fleet-script.js';
import { checkRedisOptions } from './redis-options.check.js';
import { OwnConnection } from './own-connection.js';
import {
  BorrowedConnection,
  type RedisConnection,
  type RedisTokenStoreClient,
} from './redis-connection.js';
import { RedisScript } from './redis-script.js';

/**
 * Options of `RedisTokenStore`: a `client`, or `url` and `options` or one of them.
 *
 * @publicApi
 */
export interface RedisTokenStoreOptions {
  /** A client of the app, `Redis` or `Cluster`; the store never closes it. */
  client?: RedisTokenStoreClient | undefined;
  /** `redis://` or `rediss://` URL; the store opens the connection and closes it after the revocation. */
  url?: string | undefined;
  /**
   * ioredis options beside `url`, or in its place: TLS, Sentinel, user. The store connects and gives up
   * by its own rules: `lazyConnect`, `enableReadyCheck`, `retryStrategy` and `maxRetriesPerRequest` are not heeded.
   */
  options?: RedisOptions | undefined;
  /** Begin of every key, before a hash in braces (the hash tag of a Cluster). Default `kopokopo`. */
  keyPrefix?: string | undefined;
}

/** What the script answers. */
interface Answer extends TokenStoreLease {
  claimed?: StoredToken[];
}

/**
 * The store, for a release of ioredis that somebody else has loaded: an app without it can load this.
 *
 * @internal
 */
export class ScriptedTokenStore implements TokenStore {
  readonly #connection: RedisConnection;
  readonly #script: RedisScript;
  readonly #prefix: string;
  /** Members of this process: several instances may share one store. */
  readonly #joined = new Set<string>();

  constructor(given: RedisTokenStoreOptions, Client: typeof Redis) {
    const { client, url, options, keyPrefix } = checkRedisOptions(given);
    this.#prefix = keyPrefix ?? 'kopokopo';
    this.#connection =
      client === undefined
        ? new OwnConnection(Client, url, options)
        : new BorrowedConnection(client);
    this.#script = new RedisScript(this.#connection, FLEET_SCRIPT);
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
    return this.#script.run(
      args,
      async (answer) => JSON.parse((await answer) as string) as Answer,
    );
  }
}
