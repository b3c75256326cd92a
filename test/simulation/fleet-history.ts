import { TokenSealer } from '../../lib/token/store/token-sealer.js';
import { Chance } from './chance.js';
import { type FleetScenario, fleetScenarioOf } from './fleet-scenario.js';
import { FleetStore } from './fleet-store.js';
import { FleetTime } from './fleet-time.js';
import type { Pod } from './pod.js';
import { Violation } from './violation.js';
import { type Answer, VirtualServer } from './virtual-server.js';

/** How long a lease lapses after the mint budget, and a claim after two time-outs, in milliseconds. */
const MARGIN = 2_000;

class WatchedServer extends VirtualServer {
  onRevoke: (value: string) => void = () => {};

  override revoke(value: string): Answer {
    this.onRevoke(value);
    return super.revoke(value);
  }
}

/** Pods, a server and a store that are made of one seed, and what has become of them. */
export class FleetHistory {
  readonly chance: Chance;
  readonly time = new FleetTime();
  readonly scenario: FleetScenario;
  readonly server: WatchedServer;
  readonly store: FleetStore;
  readonly pods: Pod[] = [];
  readonly trace: string[] = [];
  /** Nobody who lives knows of these: who did was killed, or the store was emptied. */
  readonly orphans = new Set<string>();
  /** Callers that wait, and the pod they wait at. */
  readonly waiting = new Map<number, Pod>();
  violation: Violation | undefined;
  /** When a pod was given a new token last. */
  mintedAt = -Infinity;
  /** Revoked under a member which the store did not reach. */
  excused = 0;
  private readonly sealer: TokenSealer;
  /** An answer with it has come to a pod. */
  protected readonly known = new Map<string, Pod>();
  /** When it was last anybody's token. */
  protected readonly used = new Map<string, number>();
  protected readonly revokers = new Map<string, Pod>();
  /** When something befell the fleet last. */
  private disturbedAt = -Infinity;
  protected emptiedAt = -Infinity;
  protected emptiedBefore = -Infinity;

  constructor(
    readonly seed: number,
    private readonly tracing = false,
  ) {
    this.chance = new Chance(seed);
    this.scenario = fleetScenarioOf(this.chance.fork());
    const { origin, clientId } = this.scenario.options;
    this.sealer = new TokenSealer(origin, clientId);
    this.server = new WatchedServer(this.scenario.wire, this.chance.fork());
    this.store = new FleetStore(this.scenario, this.time);
    this.store.onPublished = (id) => {
      for (const value of this.orphans) {
        if (this.idOf(value) === id) this.orphans.delete(value);
      }
    };
  }

  get living(): Pod[] {
    return this.pods.filter(({ state }) => state === 'alive');
  }

  /** Milliseconds for which the store keeps a retired token. */
  get retireDelay(): number {
    const { token, timeout } = this.scenario.options;
    const { revokeDelay, lapse, beat } = token;
    return Math.max(revokeDelay, lapse + Math.max(beat, timeout));
  }

  get leaseDuration(): number {
    return this.scenario.options.token.mintBudget + MARGIN;
  }

  /** After it a retired token has been revoked, whoever was killed meanwhile. */
  get clearance(): number {
    const { timeout, token } = this.scenario.options;
    return this.retireDelay + 2 * timeout + MARGIN + 2 * token.beat;
  }

  idOf(value: string): string {
    return this.sealer.idOf(value);
  }

  say(line: string): void {
    if (!this.tracing) return;
    this.trace.push(`${(this.time.now - 1_000_000).toFixed(3)}  ${line}`);
  }

  blame(invariant: string, detail: string): void {
    const violation = new Violation(invariant, detail);
    this.say(`VIOLATION ${violation.message}`);
    this.violation ??= violation;
  }

  disturb(): void {
    this.disturbedAt = this.time.now;
  }

  empty(): void {
    this.say('the store restarts empty');
    this.emptiedBefore = this.emptiedAt;
    this.emptiedAt = this.time.now;
    this.disturb();
    this.store.restart();
    this.forget();
  }

  /** Which tokens does nobody know any more? */
  forget(): void {
    const able = this.pods.filter(
      ({ state }) => state === 'alive' || state === 'stopping',
    );
    for (const { value } of this.server.living(this.time.now)) {
      if (!this.known.has(value) || this.orphans.has(value)) continue;
      if (able.some((pod) => pod.knows(value))) continue;
      if (this.store.holds.has(this.idOf(value))) continue;
      this.say(`nobody knows ${value} any more`);
      this.orphans.add(value);
    }
  }

  touched(value: string): void {
    this.used.set(value, this.time.now);
  }

  async pass(ms: number): Promise<void> {
    const until = this.time.now + ms;
    for (;;) {
      // Before time moves.
      if (this.hasTurns() && this.time.soonest > this.time.now) {
        await this.endTurns();
      }
      const task = this.time.take(until);
      if (task === undefined) break;
      await this.turn(task.run);
    }
  }

  async turn(task: () => void): Promise<void> {
    task();
    await drained();
    if (!this.chance.is(0.3)) await this.endTurns();
    if (this.violation !== undefined) throw this.violation;
  }

  private hasTurns(): boolean {
    return this.pods.some(({ time }) => time.hasTurns);
  }

  private async endTurns(): Promise<void> {
    for (;;) {
      const busy = this.pods.filter(({ time }) => time.hasTurns);
      if (busy.length === 0) return;
      for (const { time } of busy) time.endTurn();
      await drained();
    }
  }

  revoking(pod: Pod, value: string): void {
    this.revokers.set(value, pod);
  }

  /** An answer with a token has come. */
  arrived(pod: Pod, text: string): void {
    const body = JSON.parse(text) as { access_token: string };
    pod.say(`has minted ${body.access_token}`);
    this.known.set(body.access_token, pod);
    this.mintedAt = this.time.now;
    this.touched(body.access_token);
  }

  /** Nothing has befallen anybody for as long as anything has an effect. */
  isSerene(at = this.time.now): boolean {
    const { token } = this.scenario.options;
    const span = 2 * this.leaseDuration + token.lapse + 3 * token.beat;
    const troubles = this.pods.map((pod) =>
      Math.max(pod.line.troubledAt, pod.time.heldUntil),
    );
    return at - Math.max(this.disturbedAt, ...troubles) > span;
  }

  protected valueOf(id: string): string | undefined {
    return [...this.server.tokens.keys()].find(
      (value) => this.idOf(value) === id,
    );
  }
}

/** Resolves when no promise has anything left to do, and Node has missed no rejection. */
function drained(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
