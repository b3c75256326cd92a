import type { TokenCache } from '../../lib/token/token-cache.js';
import type { TokenCacheObserver } from '../../lib/token/token-cache.observer.js';
import type { TokenService } from '../../lib/token/token.service.js';
import type { TokenSettlement } from '../../lib/token/token-settlement.js';
import type { TokenSource } from '../../lib/token/token-source.interface.js';
import { TokenUses } from '../../lib/token/token-uses.js';
import type { TokenWatch } from '../../lib/token/token-watch.js';
import { Chance } from './chance.js';
import { Debts } from './debts.js';
import { FlightOracle } from './flight-oracle.js';
import type { GetCall } from './get-call.js';
import { type Scenario, scenarioOf } from './scenario.js';
import { buildTokenRoom } from './token-room.js';
import { INVARIANTS, Violation } from './violation.js';
import { VirtualServer } from './virtual-server.js';
import { VirtualTime } from './virtual-time.js';
import { VirtualWire } from './virtual-wire.js';

/** The real classes of the token room in a world that is made of one seed. */
export class World {
  readonly chance: Chance;
  readonly time: VirtualTime;
  readonly scenario: Scenario;
  readonly server: VirtualServer;
  readonly wire: VirtualWire;
  oracle!: FlightOracle;
  readonly debts: Debts;
  readonly cache: TokenCache;
  readonly uses = new TokenUses();
  readonly settlement: TokenSettlement;
  readonly tokens: TokenService;
  readonly trace: string[] = [];
  readonly gets = new Set<GetCall>();
  violation: Violation | undefined;
  /** Called when a token answer reaches the client. */
  onAnswer: () => void = () => {};

  constructor(
    readonly seed: number,
    private readonly tracing = false,
  ) {
    const chance = new Chance(seed);
    this.chance = chance;
    this.time = new VirtualTime(chance.fork().next);
    const { runtime } = this.time;
    const scenario = scenarioOf(chance.fork(), () => this.secret());
    this.scenario = scenario;
    const { options } = scenario;
    this.server = new VirtualServer(scenario, chance.fork());
    this.debts = new Debts(this);
    this.wire = new VirtualWire(
      scenario,
      this.server,
      this.time,
      chance.fork(),
      {
        asked: (path, form) => this.debts.asked(path, form),
        answered: (path, answer) => {
          this.debts.answered(path, answer);
          if (path === '/oauth/token') this.onAnswer();
        },
      },
    );

    const room = buildTokenRoom(options, runtime, this.wire, this.uses, {
      source: (source) => this.overseen(source),
      observer: (watch) => this.overheard(watch),
    });
    this.cache = room.cache;
    this.settlement = room.settlement;
    this.tokens = room.tokens;
    this.tokens.events.subscribe((event) => this.say(`event ${event.type}`));
  }

  say(line: string): void {
    if (!this.tracing) return;
    const { now, asleep } = this.time;
    const slept = asleep > 0 ? ` (slept ${Math.round(asleep)})` : '';
    this.trace.push(`${(now - 1_000_000).toFixed(3)}${slept}  ${line}`);
  }

  /** The first promise that was not kept counts; it is thrown where the run is driven. */
  blame(violation: Violation): void {
    this.say(`VIOLATION ${violation.message}`);
    this.violation ??= violation;
  }

  /** Lets time pass, by the time that this machine is awake. */
  async pass(ms: number): Promise<void> {
    const until = this.time.awake + ms;
    for (let task = this.time.take(until); task; task = this.time.take(until)) {
      await this.turn(task);
    }
    this.check();
  }

  /** Does something and all that follows from it at the same instant. */
  async turn(task: () => void): Promise<void> {
    task();
    await drained();
    this.check();
    // Sometimes what is due at the same instant runs in the same turn of the event loop.
    if (this.chance.is(0.2)) return;
    this.time.endTurn();
    await drained();
  }

  check(): void {
    for (const get of this.gets) {
      get.checkWaiting();
      if (get.settled) this.gets.delete(get);
    }
    this.oracle.check();
    this.checkHeld();
    if (this.violation !== undefined) throw this.violation;
  }

  private overseen(source: TokenSource): TokenSource {
    this.oracle = new FlightOracle(
      source,
      this.scenario,
      this.time,
      (line) => this.say(line),
      (violation) => this.blame(violation),
    );
    this.oracle.onAdopted = (token, previous) =>
      this.debts.adopted(token, previous);
    return this.oracle;
  }

  /** The oracle hears first. */
  private overheard(watch: TokenWatch): TokenCacheObserver {
    return {
      adopted: (token, previous) => {
        this.oracle.adopted(token);
        watch.adopted(token, previous);
      },
      failed: (error, retryIn, serving) => {
        this.oracle.failed(error);
        watch.failed(error, retryIn, serving);
      },
      servedWhileFailing: (token) => watch.servedWhileFailing(token),
      invalidated: (token) => watch.invalidated(token),
      lent: (token, drop) => watch.lent(token, drop),
      rejectedAgain: (token) => {
        this.debts.occasions += 1;
        this.oracle.rejections.again.add(token.value);
        watch.rejectedAgain(token);
      },
    };
  }

  private checkHeld(): void {
    // From then on the token that is lent is nobody's to renew.
    if (this.oracle.closed) return;
    const { held, now } = this.cache.status();
    const is = held?.livesAt(now) ? held.token.value : 'none';
    const should = this.oracle.held?.token.value ?? 'none';
    if (is === should) return;
    this.blame(new Violation(INVARIANTS.model, `${is}, not ${should}`));
  }

  /** What a `clientSecret` function gives: a vault, sometimes slow. */
  private secret(): string | Promise<string> {
    const { secret } = this.wire;
    const { calm, revocationWorks } = this.scenario;
    const closing = revocationWorks && this.oracle.closed;
    const works = calm || closing || this.wire.healed;
    if (works || this.chance.is(0.5)) return secret;
    const { attemptTimeout } = this.scenario.options.token;
    return new Promise((resolve, reject) => {
      const fails = this.chance.is(0.2);
      this.time.elsewhere(
        this.time.now + this.chance.between(0, 1.5 * attemptTimeout),
        () => (fails ? reject(new Error('no vault')) : resolve(secret)),
      );
    });
  }
}

/** Resolves when no promise has anything left to do, and Node has missed no rejection. */
function drained(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
