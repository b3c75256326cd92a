import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import { isKopoKopoError } from '../../errors/kopokopo.error.js';
import { KOPOKOPO_OPTIONS } from '../../kopokopo.constants.js';
import { StoreKeeper } from '../../store/store-keeper.js';
import { RUNTIME, type Runtime } from '../../time/runtime.js';
import { inLanes } from '../../time/in-lanes.js';
import { numberOf, partsOf, type ShardDocument, SHARDS } from './open-end.js';
import { type KeyedEnd, OpenEnds } from './open-ends.js';
import { isHandled, ResultReader } from './result.reader.js';

/** Milliseconds for which a process has a shard before it must say so again. */
const LEASE = 60_000;

/** Milliseconds between two visits of a shard, at the most and at the least. */
const LONGEST_ROUND = 30_000;
const SHORTEST_ROUND = 1_000;

/** Ends that are looked at in one visit, and at once. */
const A_VISIT = 40;
const AT_ONCE = 4;

/** What to do with an end that was looked at: `Infinity` strikes it off. */
type Looked = [key: string, inMs: number];

/**
 * Looks at requests whose end nobody has brought, with pauses that grow, and has it handled like a delivery.
 * Each shard is looked at by one process at a time, whatever number of processes there are.
 *
 * @internal
 */
@Injectable()
export class ResultChecker
  implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown
{
  private readonly self = randomUUID();
  private readonly cancels = new Map<number, () => void>();
  private readonly dueAt = new Map<number, number>();
  private readonly visits = new Set<Promise<void>>();
  private readonly ending = new AbortController();

  constructor(
    private readonly ends: OpenEnds,
    private readonly reader: ResultReader,
    private readonly keeper: StoreKeeper,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    // Any number of looks listen to it.
    setMaxListeners(0, this.ending.signal);
  }

  /** What an earlier process has left is looked at as well. */
  onApplicationBootstrap(): void {
    const { results, webhooks } = this.options;
    // A queue has jobs for it.
    if (results.check === false || webhooks.queue !== undefined) return;
    if (!this.ends.hasListeners) return;
    this.ends.onOpened((key, inMs) => this.visitIn(numberOf(key), inMs));
    for (let shard = 0; shard < SHARDS; shard += 1) {
      this.visitIn(shard, this.runtime.random() * SHORTEST_ROUND);
    }
  }

  onModuleDestroy(): void {
    this.ending.abort();
    for (const cancel of this.cancels.values()) cancel();
    this.cancels.clear();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.onModuleDestroy();
    if (this.visits.size === 0) return;
    const { timers } = this.runtime;
    const done = new AbortController();
    const over = timers.pause(this.options.shutdown.timeout, done.signal);
    await Promise.race([Promise.all(this.visits), over]);
    done.abort();
  }

  /** The earlier of two visits counts. */
  private visitIn(shard: number, inMs: number): void {
    if (this.ending.signal.aborted) return;
    const at = this.runtime.clock.now() + inMs;
    if (at >= (this.dueAt.get(shard) ?? Number.POSITIVE_INFINITY)) return;
    this.cancels.get(shard)?.();
    this.dueAt.set(shard, at);
    const cancel = this.runtime.timers.later(inMs, () => {
      this.dueAt.delete(shard);
      const visit = this.visit(shard).then((again) =>
        this.visitIn(shard, again),
      );
      this.visits.add(visit);
      void visit.then(() => this.visits.delete(visit));
    });
    this.cancels.set(shard, cancel);
  }

  /** Gives the milliseconds until the next visit. Never rejects. */
  private async visit(number: number): Promise<number> {
    const round = this.round();
    try {
      const shard = this.ends.shards[number]!;
      const { document, now } = await shard.read();
      const due = this.dueIn(document, now);
      if (due.length === 0 && !this.hasLost(document, now)) {
        return this.untilNext(document, now, round);
      }
      const isMine = await shard.apply((found, at) => this.takes(found, at));
      if (!isMine) return round;
      const looked = await this.look(due.slice(0, A_VISIT), number);
      let next = round;
      let lost: readonly KeyedEnd[] = [];
      await this.keeper.during(() =>
        shard.apply((found, at) => {
          lost = this.note(found, looked, at);
          next = this.untilNext(found, at, round);
          return true;
        }),
      );
      this.tellLost(lost);
      return due.length > A_VISIT ? 0 : next;
    } catch {
      // The store is out of reach: the next round finds it back.
      return round;
    }
  }

  private takes(document: ShardDocument, now: number): boolean {
    const { lease } = document;
    const isFree =
      lease === undefined ||
      lease.by === this.self ||
      lease.until <= now ||
      lease.until > now + 2 * LEASE;
    if (isFree) document.lease = { by: this.self, until: now + LEASE };
    return isFree;
  }

  /** The lease is renewed while it takes long. */
  private async look(
    due: readonly KeyedEnd[],
    number: number,
  ): Promise<Looked[]> {
    const looked: Looked[] = [];
    let cancel = (): void => {};
    const renewLater = (): void => {
      cancel = this.runtime.timers.later(LEASE / 3, () => {
        const shard = this.ends.shards[number]!;
        shard
          .apply((found, at) => this.takes(found, at))
          .catch(() => undefined);
        renewLater();
      });
    };
    renewLater();
    await inLanes(due, AT_ONCE, async (end) => {
      if (this.ending.signal.aborted) return;
      looked.push([end.key, await this.lookAt(end)]);
    });
    cancel();
    return looked;
  }

  /** Never rejects. */
  private async lookAt({ key, pause }: KeyedEnd): Promise<number> {
    const grown = Math.min(2 * pause, this.options.results.longest);
    const { type, id } = partsOf(key);
    try {
      const { signal } = this.ending;
      const result = await this.reader.checked(type, id!, { signal });
      return isHandled(result) ? Number.POSITIVE_INFINITY : grown;
    } catch (error) {
      const { retryAfter = 0 } = isKopoKopoError(error) ? error : {};
      return Math.max(grown, retryAfter * 1_000);
    }
  }

  /** Gives the ends that are given up. */
  private note(
    document: ShardDocument,
    looked: readonly Looked[],
    now: number,
  ): KeyedEnd[] {
    if (document.lease?.by === this.self) document.lease = undefined;
    const { ends } = document;
    for (const [key, inMs] of looked) {
      const end = ends[key];
      if (end === undefined) continue;
      if (Number.isFinite(inMs)) {
        const pause = Math.min(inMs, this.options.results.longest);
        const jittered = inMs * (0.9 + this.runtime.random() / 10);
        ends[key] = { ...end, next: now + jittered, pause };
      } else delete ends[key];
    }
    const lost = Object.entries(ends)
      .map(([key, end]) => ({ ...end, key }))
      .filter((end) => this.isLost(end, now));
    for (const { key } of lost) delete ends[key];
    return lost;
  }

  private dueIn({ ends }: ShardDocument, now: number): KeyedEnd[] {
    return Object.entries(ends)
      .map(([key, end]) => ({ ...end, key }))
      .filter(
        (end) =>
          end.next <= now && !this.isLost(end, now) && this.isKnown(end.key),
      )
      .toSorted((one, other) => one.next - other.next);
  }

  private isKnown(key: string): boolean {
    const { type, id } = partsOf(key);
    return id !== undefined && this.ends.isHeard(type);
  }

  private isLost({ since }: { since: number }, now: number): boolean {
    return now - since > this.options.results.until;
  }

  private hasLost({ ends }: ShardDocument, now: number): boolean {
    return Object.values(ends).some((end) => this.isLost(end, now));
  }

  /** Told by the one that has struck them off, when the store has it. */
  private tellLost(lost: readonly KeyedEnd[]): void {
    for (const { key, since } of lost) {
      const { type, id } = partsOf(key);
      this.ends.tellLost(type, id, since);
    }
  }

  private untilNext(
    { ends }: ShardDocument,
    now: number,
    round: number,
  ): number {
    const times = Object.entries(ends)
      .filter(([key]) => this.isKnown(key))
      .map(([, { next }]) => next - now);
    return Math.max(0, Math.min(round, ...times));
  }

  private round(): number {
    const { first } = this.options.results;
    const round = Math.min(Math.max(first, SHORTEST_ROUND), LONGEST_ROUND);
    return round * (0.9 + this.runtime.random() / 10);
  }
}
