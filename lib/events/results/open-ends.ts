import {
  Inject,
  Injectable,
  type Logger,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type {
  OpenCreation,
  OpenCreations,
} from '../../api/resource/open-creations.js';
import { instanceLogger } from '../../config/instance-logger.js';
import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import { KOPOKOPO_OPTIONS } from '../../kopokopo.constants.js';
import { StoreKeeper } from '../../store/store-keeper.js';
import { TimedStore } from '../../store/timed-store.js';
import { RUNTIME, type Runtime } from '../../time/runtime.js';
import { shortHash } from '../../values/short-hash.js';
import { DeliveryHandlers } from '../delivery-handlers.js';
import { placeOfResult } from '../results.table.js';
import { accountOf } from '../delivery.parser.js';
import {
  endKey,
  hasRoom,
  nameless,
  numberOf,
  type OpenEnd,
  partsOf,
  SHARDS,
} from './open-end.js';
import { OpenEndsShard, type ShardChange } from './open-ends.shard.js';

/** Ends that were handled lately: a result may come before the answer to its request. */
const REMEMBERED = 1_000;

/** Ends of its own that a process remembers. */
const MOST_OWN = 10_000;

/** Milliseconds after which a change is made again that the store did not take. */
const AGAIN = 5_000;

/** Such changes that are kept at the most. */
const MOST_KEPT = 10_000;

/**
 * The requests of this account whose end nobody has handled, in a fixed number of documents on the store.
 *
 * @internal
 */
@Injectable()
export class OpenEnds implements OpenCreations, OnApplicationShutdown {
  /** By their number. */
  readonly shards: readonly OpenEndsShard[];
  private readonly logger: Logger;
  private readonly account: string;
  private readonly scope: string;
  private openedTo: (key: string, inMs: number) => void = () => {};
  private struckTo: (key: string) => void = () => {};
  private readonly struck = new Set<string>();
  /** Ends that this process has opened, and when, for a store that forgets. */
  private readonly own = new Map<string, number>();
  private isAway = false;
  private isClosed = false;
  /** Changes that the store has not taken. */
  private readonly kept: [number, ShardChange][] = [];

  constructor(
    private readonly keeper: StoreKeeper,
    private readonly handlers: DeliveryHandlers,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    const { origin, clientId } = options;
    this.account = accountOf(options);
    this.scope = shortHash(JSON.stringify([origin, clientId]));
    const store = new TimedStore(keeper.open(), () => runtime.clock.wall());
    this.shards = Array.from(
      { length: SHARDS },
      (_, number) =>
        new OpenEndsShard(
          `kopokopo:1:open:${this.scope}:${number}`,
          store,
          () => this.sayAgain(number),
        ),
    );
    this.logger = instanceLogger('Results', options);
  }

  /** Nothing is tried again behind the app. */
  onApplicationShutdown(): void {
    this.isClosed = true;
    this.kept.length = 0;
  }

  /** Does a handler of this app hear results of this type? */
  isHeard(type: string): boolean {
    return this.handlers
      .of(this.account)
      .some(({ listens }) =>
        listens.some(
          ({ kind, word }) =>
            kind === 'any' || (kind === 'result' && word === type),
        ),
      );
  }

  /** Does a handler of this app hear results of any type? */
  get hasListeners(): boolean {
    return this.handlers
      .of(this.account)
      .some(({ listens }) =>
        listens.some(({ kind }) => kind === 'any' || kind === 'result'),
      );
  }

  /** Calls `listener` for each end that this process opens, with the milliseconds until it is to be looked at. */
  onOpened(listener: (key: string, inMs: number) => void): void {
    this.openedTo = listener;
  }

  /** Calls `listener` for each end that was handled here. */
  onStruck(listener: (key: string) => void): void {
    this.struckTo = listener;
  }

  /** Nobody looks for this end any more. Never rejects. */
  async giveUp(key: string, since: number): Promise<void> {
    const { type, id } = partsOf(key);
    this.tellLost(type, id, since);
    await this.remove([key]);
  }

  /** Nobody looks for this end any more. */
  tellLost(type: string, id: string | undefined, since: number): void {
    const what =
      id === undefined ? `A ${type} of unknown outcome` : endKey(type, id);
    this.logger.warn(
      `${what}, asked for at ${new Date(since).toISOString()}, has had no end for ${this.options.results.until} ms: it is not checked any more. Look in Kopo Kopo's dashboard.`,
    );
  }

  async begins(
    type: string,
    reference: string | undefined,
  ): Promise<OpenCreation | undefined> {
    if (!this.isTracked(type)) return undefined;
    const name = reference === undefined ? randomUUID() : this.named(reference);
    const key = nameless(type, name);
    await this.add(key, this.options.results.until);
    return {
      accepted: async (id) => {
        this.remember(endKey(type, id));
        await this.add(endKey(type, id), this.options.results.first);
        void this.remove([key]);
      },
      refused: () => void this.remove([key]),
    };
  }

  /** The end is known, and was not handled. Never rejects. */
  async keep(type: string, id: string): Promise<void> {
    if (!this.isTracked(type)) return;
    const key = endKey(type, id);
    this.struck.delete(key);
    await this.add(key, this.options.results.first);
  }

  /** The end was handled. Never rejects. */
  async strike(
    type: string,
    id: string,
    reference: string | undefined,
  ): Promise<void> {
    const key = endKey(type, id);
    this.own.delete(key);
    this.struck.add(key);
    this.struckTo(key);
    const [oldest] = this.struck;
    if (this.struck.size > REMEMBERED) this.struck.delete(oldest!);
    const name = reference === undefined ? undefined : this.named(reference);
    await this.remove([key, ...(name ? [nameless(type, name)] : [])]);
  }

  private remember(key: string): void {
    this.own.set(key, this.runtime.clock.now());
    const [oldest] = this.own.keys();
    if (this.own.size > MOST_OWN) this.own.delete(oldest!);
  }

  /** One that another process has brought to its end meanwhile costs one more look. */
  private sayAgain(number: number): void {
    const { until, first } = this.options.results;
    for (const [key, since] of this.own) {
      if (this.runtime.clock.now() - since > until) this.own.delete(key);
      else if (numberOf(key) === number) void this.add(key, first);
    }
  }

  private isTracked(type: string): boolean {
    const { origin, apiVersion, results } = this.options;
    const isWork = placeOfResult(type, origin, apiVersion) !== undefined;
    return isWork && (results.check ?? this.isHeard(type));
  }

  /** Adds an end that is looked at in so many milliseconds. Never rejects. */
  private async add(key: string, inMs: number): Promise<void> {
    if (this.struck.has(key)) return;
    const number = numberOf(key);
    const pause = this.options.results.first;
    await this.change(number, (document, now) => {
      if (Object.hasOwn(document.ends, key) || this.struck.has(key)) {
        return false;
      }
      if (!hasRoom(document)) {
        this.logger.error(
          `There are too many requests without an end to keep one more: ${key} is not checked.`,
        );
        return false;
      }
      document.ends[key] = { since: now, next: now + inMs, pause };
      return true;
    });
    if (partsOf(key).id !== undefined) this.openedTo(key, inMs);
  }

  /** Never rejects. */
  private async remove(keys: readonly string[]): Promise<void> {
    await Promise.all(
      keys.map((key) =>
        this.change(numberOf(key), ({ ends }) => {
          if (!Object.hasOwn(ends, key)) return false;
          delete ends[key];
          return true;
        }),
      ),
    );
  }

  /** What the store does not take now is made again later. Never rejects. */
  private async change(number: number, change: ShardChange): Promise<void> {
    try {
      await this.keeper.during(() => this.shards[number]!.apply(change));
      if (this.isAway) this.logger.log('The store is back.');
      this.isAway = false;
    } catch {
      this.later(number, change);
    }
  }

  private later(number: number, change: ShardChange): void {
    if (this.isClosed) return;
    if (!this.isAway) {
      this.logger.warn(
        'The store is out of reach: requests go on, and their ends are noted when it is back. If this process dies before, nobody looks for them.',
      );
    }
    this.isAway = true;
    // In a long outage the oldest are given up.
    if (this.kept.push([number, change]) > MOST_KEPT) this.kept.shift();
    if (this.kept.length > 1) return;
    this.runtime.timers.later(AGAIN, () => {
      for (const [one, kept] of this.kept.splice(0)) {
        void this.change(one, kept);
      }
    });
  }

  private named(reference: string): string {
    return shortHash(JSON.stringify([this.scope, reference]));
  }
}

/** An end, and the key it stands under. @internal */
export type KeyedEnd = OpenEnd & { key: string };
