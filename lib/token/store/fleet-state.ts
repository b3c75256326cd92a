import type {
  PublishedToken,
  StoredCoolDown,
  StoredToken,
  TokenStoreView,
} from '../../config/token-store.interface.js';

/** What ends more than so many times later than asked for was not asked for: a clock was set back. */
const FAR = 10;

interface Entry {
  sealed: string;
  expiresAt: number;
}

interface Retired extends Entry {
  dueAt: number;
  claimedUntil: number;
  /** Milliseconds after its successor at which it is due, while there is none. */
  delay: number | undefined;
  /** Revoked; kept so that a member who still holds it can't share it again. */
  settled: boolean;
}

/**
 * One account as `MemoryTokenStore` keeps it: every step of the `TokenStore` contract, at a moment
 * that is handed in.
 *
 * @internal
 */
export class FleetState {
  private token: (Entry & { id: string }) | undefined;
  private holder: { member: string; until: number } | undefined;
  private pause: { code: string; until: number } | undefined;
  private readonly members = new Map<string, number>();
  /** While members that were lost sight of are expected back: how many there were, how many are. */
  private lost: { total: number; back: number; until: number } | undefined;
  private readonly retired = new Map<string, Retired>();

  view(now: number): TokenStoreView {
    this.purge(now);
    const { token, pause } = this;
    return {
      now,
      members: this.count,
      ...(token && {
        token: {
          id: token.id,
          sealed: token.sealed,
          remaining: token.expiresAt - now,
        },
      }),
      ...(pause && {
        coolDown: { code: pause.code, remaining: pause.until - now },
      }),
    };
  }

  /** True where it was forgotten. */
  beat(now: number, member: string, lapse: number, known: number): boolean {
    this.purge(now);
    const isForgotten = known > 0 && !this.members.has(member);
    this.members.set(member, now + lapse);
    if (!isForgotten) return false;
    const {
      total = 0,
      back = this.members.size - 1,
      until = 0,
    } = this.lost ?? {};
    this.lost = {
      total: Math.max(total, known),
      back: back + 1,
      until: Math.max(until, now + lapse),
    };
    return true;
  }

  lease(now: number, member: string, duration: number): boolean {
    this.purge(now);
    const isNobodys =
      this.holder === undefined || this.holder.until - now > FAR * duration;
    if (!isNobodys || this.pause !== undefined) return false;
    this.holder = { member, until: now + duration };
    return true;
  }

  release(now: number, member: string): boolean {
    this.purge(now);
    if (this.holder?.member !== member) return false;
    this.holder = undefined;
    return true;
  }

  publish(
    now: number,
    member: string,
    { id, sealed, remaining, asOf = now, superseded }: PublishedToken,
    delay: number,
  ): void {
    const leading = this.release(now, member);
    const entry = { id, sealed, expiresAt: Math.min(asOf, now) + remaining };
    if (entry.expiresAt <= now) return;
    if (superseded) {
      this.remember(entry, now, delay);
      return;
    }
    const other = this.token?.id === id ? undefined : this.token;
    // Only the server's own answer to the leader can bring a retired one back.
    if (!leading && this.retired.has(id)) return;
    if (!leading && other !== undefined) {
      this.retire(entry, now + delay);
      return;
    }
    if (other !== undefined) this.retire(other, now + delay);
    this.retired.delete(id);
    this.token = entry;
    this.pause = undefined;
    for (const [, old] of this.retired) {
      if (old.delay !== undefined) old.dueAt = now + old.delay;
      old.delay = undefined;
    }
  }

  private remember(
    entry: Entry & { id: string },
    now: number,
    delay: number,
  ): void {
    if (this.token?.id === entry.id || this.retired.has(entry.id)) return;
    if (this.token === undefined) this.retire(entry, now, delay);
    else this.retire(entry, now + delay);
  }

  coolDown(
    now: number,
    member: string,
    { code, remaining }: StoredCoolDown,
  ): void {
    if (!this.release(now, member)) return;
    this.pause = { code, until: now + remaining };
  }

  invalidate(now: number, id: string, delay: number): void {
    this.purge(now);
    if (this.token?.id !== id) return;
    this.retire(this.token, now, delay);
    this.token = undefined;
  }

  leave(now: number, member: string): void {
    this.members.delete(member);
    // Purges the members that have lapsed, too.
    this.release(now, member);
    if (this.count > 0) return;
    if (this.token !== undefined) this.retire(this.token, now);
    this.token = undefined;
    for (const entry of this.retired.values()) {
      entry.dueAt = now;
      entry.claimedUntil = 0;
    }
  }

  claim(now: number, member: string, hold: number): StoredToken[] {
    this.purge(now);
    const alone =
      this.away === 0 &&
      [...this.members.keys()].every((other) => other === member);
    const due = [...this.retired].filter(
      ([, { dueAt, claimedUntil, delay, settled }]) =>
        !settled &&
        (delay === undefined || alone) &&
        dueAt <= now &&
        claimedUntil <= now,
    );
    return due.map(([id, entry]) => {
      entry.claimedUntil = now + hold;
      return { id, sealed: entry.sealed, remaining: entry.expiresAt - now };
    });
  }

  settle(now: number, id: string): void {
    const entry = this.retired.get(id);
    if (entry !== undefined) entry.settled = true;
    this.purge(now);
  }

  private get away(): number {
    return this.lost ? Math.max(0, this.lost.total - this.lost.back) : 0;
  }

  private get count(): number {
    return this.members.size + this.away;
  }

  private retire(
    { id, sealed, expiresAt }: Entry & { id: string },
    dueAt: number,
    delay?: number,
  ): void {
    this.retired.set(id, {
      sealed,
      expiresAt,
      dueAt,
      delay,
      claimedUntil: 0,
      settled: false,
    });
  }

  private purge(now: number): void {
    if (this.token && this.token.expiresAt <= now) this.token = undefined;
    if (this.holder && this.holder.until <= now) this.holder = undefined;
    if (this.pause && this.pause.until <= now) this.pause = undefined;
    for (const [member, until] of this.members) {
      if (until <= now) this.members.delete(member);
    }
    if (this.lost && this.lost.until <= now) this.lost = undefined;
    const deserted = this.count === 0;
    for (const [id, { expiresAt, settled }] of this.retired) {
      if (expiresAt <= now || (deserted && settled)) this.retired.delete(id);
    }
  }
}
