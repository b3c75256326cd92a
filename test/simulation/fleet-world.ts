import type { AccessToken } from '../../lib/token/access-token.js';
import { isKopoKopoError } from '../../lib/errors/kopokopo.error.js';
import { FleetHistory } from './fleet-history.js';
import { STEP_LIMIT } from './fleet-store.js';
import type { Pod } from './pod.js';
import { FLEET_INVARIANTS } from './violation.js';

/** Milliseconds between two looks for a sibling's token, at the most. */
const POLL = 80;

const HAIR = 1e-3;

/** A token with so few milliseconds left is no token for a pod that counts carefully. */
const ALMOST_OVER = 1_000;

/** A fleet, and what is promised of it. */
export class FleetWorld extends FleetHistory {
  private calls = 0;

  constructor(seed: number, tracing = false) {
    super(seed, tracing);
    this.server.onRevoke = (value) => this.revoked(value);
    this.store.onSettled = (id) => this.settled(id);
  }

  /** A pod asks for a token: the only one to do so, and only when the fleet's is to be renewed. */
  minting(pod: Pod): void {
    const { now } = this.time;
    if (pod.state === 'alive') this.checkLease(pod);
    if (pod.state !== 'alive' || !this.isSerene()) return;
    const other = this.living.find(({ asking }) => asking > 0);
    if (other !== undefined) {
      this.blame(
        FLEET_INVARIANTS.once,
        `pod ${pod.number} asks for a token while pod ${other.number} does`,
      );
    }
    const { current } = this.store;
    if (current === undefined) return;
    const { options, wire, storeLatency } = this.scenario;
    const early = wire.life * 1_000 * options.token.earlyWindow;
    const left = current.expiresAt - now;
    if (left <= early + 4 * storeLatency) return;
    const inUse = this.valueOf(current.id);
    if (pod.rejected.has(inUse ?? '')) return;
    this.blame(
      FLEET_INVARIANTS.once,
      `pod ${pod.number} asks for a token though ${inUse} lives for ${Math.round(left)} ms`,
    );
  }

  /** Whatever has befallen the fleet: who has heard from the store does as it says. */
  private checkLease(pod: Pod): void {
    const { now } = this.time;
    const { leasedAt, lookedAt, refusedSince, troubledAt } = pod.line;
    const isInReach = troubledAt < leasedAt && now - leasedAt < 2 * POLL;
    if (!isInReach || pod.time.heldUntil > leasedAt) return;
    // Whoever had the lease may have been killed, and the next one, too.
    const isPatient = now - (refusedSince ?? now) >= 2 * this.leaseDuration;
    if (refusedSince !== undefined && !isPatient) {
      this.blame(
        FLEET_INVARIANTS.once,
        `pod ${pod.number} asks for a token and has no lease`,
      );
    }
    const { current, changedAt } = this.store;
    const inUse = current && this.valueOf(current.id);
    const isUsable =
      inUse !== undefined &&
      current!.expiresAt - now > ALMOST_OVER &&
      inUse !== pod.held?.value &&
      !pod.rejected.has(inUse);
    if (!isUsable || changedAt >= lookedAt) return;
    this.blame(
      FLEET_INVARIANTS.once,
      `pod ${pod.number} asks for a token though ${inUse} stands in the store`,
    );
  }

  /** The store has been told that it has been revoked. */
  private settled(id: string): void {
    const value = this.valueOf(id);
    if (value === undefined || !this.server.lives(value, this.time.now)) return;
    this.blame(FLEET_INVARIANTS.cleared, `${value} is settled and lives`);
  }

  /** The server has been told to revoke it. */
  private revoked(value: string): void {
    const { now } = this.time;
    this.say(`the server revokes ${value}`);
    if (!this.server.lives(value, now)) return;
    const { beat } = this.scenario.options.token;
    const span = this.retireDelay + 2 * beat;
    const by = this.revokers.get(value)!;
    // It does not know whether the store has what it published, and has had no answer any more.
    const heardBy = by.state === 'alive' ? now - this.retireDelay : by.stopsAt;
    const isUnsure =
      this.known.get(value) === by && by.line.answeredAt < heardBy;
    const ofRevoker = isUnsure ? by.line.troubledAt : -Infinity;
    for (const pod of this.living) {
      if (pod.held?.value !== value || pod.rejected.has(value)) continue;
      // The store was emptied before the others had heard of it, or heard of it again.
      const joinedAt = Math.max(pod.bornAt, this.emptiedBefore);
      const isNew = this.emptiedAt - joinedAt <= beat;
      const trouble = Math.max(
        pod.line.troubledAt,
        pod.time.heldUntil,
        isNew ? this.emptiedAt : -Infinity,
        ofRevoker,
      );
      if (now - trouble <= span) {
        this.excused += 1;
        continue;
      }
      this.blame(
        FLEET_INVARIANTS.spared,
        `${value} is revoked by pod ${by.number} (${by.state}) while pod ${pod.number} holds it`,
      );
    }
  }

  /** Somebody asks a pod for a token. */
  get(pod: Pod, then: (token: AccessToken) => void = () => {}): void {
    this.calls += 1;
    const id = this.calls;
    const { time, scenario } = this;
    const startedAt = time.now;
    const outage = pod.line.phase;
    const held = pod.held;
    pod.say(`get ${id}`);
    this.waiting.set(id, pod);
    const end = (): void => {
      this.waiting.delete(id);
      if (scenario.wire.phases.length > 0 || pod.state !== 'alive') return;
      if (pod.time.heldUntil >= startedAt) return;
      const waited = time.now - startedAt;
      const isOut = outage !== undefined && pod.line.phase === outage;
      const out =
        isOut &&
        outage.share === 1 &&
        ['reject', 'hang'].includes(outage.fault);
      const bound = this.bound(startedAt, out);
      if (waited <= bound + HAIR) return;
      this.blame(
        FLEET_INVARIANTS.available,
        `get ${id} at pod ${pod.number} waits ${Math.round(waited)} ms, not ${Math.round(bound)}`,
      );
    };
    pod.room.tokens.getToken().then(
      (token) => {
        end();
        this.got(id, pod, token, startedAt);
        then(token);
      },
      (error: unknown) => {
        end();
        this.failed(id, pod, error, held, startedAt);
      },
    );
  }

  /**
   * Milliseconds that a caller waits where the server answers: for the server; for the store, which
   * has a step limit in each step (lease, publish); and, where a lease may have been lost with who
   * had it, for two of those to lapse.
   */
  private bound(startedAt: number, out: boolean): number {
    const { wire, storeLatency } = this.scenario;
    const server = 4 * wire.latency;
    // Dead all the while: one look that began before it, a lease and a publication in vain.
    if (out) return server + 2 * POLL + 3 * STEP_LIMIT;
    const serene = this.isSerene(startedAt);
    // As long as a sibling and then this pod itself need.
    if (serene) return 2 * server + 4 * POLL + 10 * storeLatency;
    return server + 2 * this.leaseDuration + POLL + 3 * STEP_LIMIT;
  }

  private got(
    id: number,
    pod: Pod,
    { value, deadline }: AccessToken,
    startedAt: number,
  ): void {
    const { now } = this.time;
    pod.say(`get ${id} got ${value}`);
    const truth = this.server.tokens.get(value);
    if (pod.time.own >= deadline || truth === undefined) {
      this.blame(FLEET_INVARIANTS.usable, `get ${id} got ${value}: expired`);
      return;
    }
    const over = now + (deadline - pod.time.own) - truth.expiresAt;
    if (over > HAIR) {
      this.blame(
        FLEET_INVARIANTS.usable,
        `${value} is thought to live ${Math.round(over)} ms longer than it does`,
      );
    }
    if ((pod.rejected.get(value) ?? Infinity) < startedAt) {
      this.blame(
        FLEET_INVARIANTS.usable,
        `get ${id} got ${value}, which pod ${pod.number} had rejected`,
      );
    }
  }

  private failed(
    id: number,
    pod: Pod,
    error: unknown,
    held: AccessToken | undefined,
    startedAt: number,
  ): void {
    if (!isKopoKopoError(error)) {
      return this.blame(FLEET_INVARIANTS.handled, String(error));
    }
    pod.say(`get ${id} failed: ${error.code} ${error.message}`);
    if (pod.state !== 'alive') return;
    // It stood still for longer than the token on its way lived.
    if (error.retryable && pod.time.heldUntil >= startedAt) return;
    if (this.scenario.wire.phases.length > 0) {
      if (held === undefined || pod.held?.value !== held.value) return;
    }
    this.blame(
      FLEET_INVARIANTS.available,
      `get ${id} at pod ${pod.number} failed: ${error.code}`,
    );
  }

  /** The store answers, and all had two beats: no two hold different tokens. */
  checkConverged(): void {
    const values = new Set(
      this.living.flatMap(({ held }) => (held ? [held.value] : [])),
    );
    if (values.size <= 1) return;
    const held = this.living.map((pod) => `${pod.number}: ${pod.held?.value}`);
    this.blame(FLEET_INVARIANTS.converged, held.join(', '));
  }

  /** What nobody uses any more has been revoked. */
  checkCleared(): void {
    const { now } = this.time;
    for (const value of this.owed()) {
      if (this.store.current?.id === this.idOf(value)) continue;
      if (this.living.some(({ held }) => held?.value === value)) continue;
      const since = Math.max(
        this.used.get(value) ?? 0,
        this.store.usedAt.get(this.idOf(value)) ?? 0,
      );
      if (now - since <= this.clearance) continue;
      this.blame(FLEET_INVARIANTS.cleared, `${value} is not used and lives`);
    }
  }

  checkAllGone(): void {
    for (const value of this.owed()) {
      this.blame(FLEET_INVARIANTS.cleared, `${value} outlives the fleet`);
    }
  }

  /** What this pod owed for itself it has given back. */
  checkStopped(pod: Pod): void {
    if (pod.time.behind > 0) {
      this.blame(FLEET_INVARIANTS.closed, `pod ${pod.number} has a timer`);
    }
    for (const value of this.owed()) {
      if (!pod.room.ledger.has(value)) continue;
      this.blame(
        FLEET_INVARIANTS.cleared,
        `pod ${pod.number} stopped and owes ${value}`,
      );
    }
  }

  checkEmpty(): void {
    for (const pod of this.pods) {
      const timers = this.time.armed(pod.time);
      if (timers === 0) continue;
      this.blame(
        FLEET_INVARIANTS.closed,
        `pod ${pod.number} has ${timers} timers at the end`,
      );
    }
    for (const [id, pod] of this.waiting) {
      this.blame(
        FLEET_INVARIANTS.closed,
        `get ${id} waits at pod ${pod.number} at the end`,
      );
    }
  }

  private owed(): string[] {
    return this.server
      .living(this.time.now)
      .map(({ value }) => value)
      .filter((value) => this.known.has(value) && !this.orphans.has(value));
  }
}
