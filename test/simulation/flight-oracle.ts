import { isKopoKopoError } from '../../lib/errors/kopokopo.error.js';
import type { AccessToken } from '../../lib/token/access-token.js';
import type {
  TokenNeed,
  TokenSource,
} from '../../lib/token/token-source.interface.js';
import { Rejections } from './rejections.js';
import type { Scenario } from './scenario.js';
import type { VirtualTime } from './virtual-time.js';
import { INVARIANTS, Violation } from './violation.js';

/** A request of the cache for a token. */
export interface Flight {
  id: number;
  /** The minter has answered. */
  landed: boolean;
  /** The cache has taken note of it. */
  over: boolean;
  token?: AccessToken;
  /** What those who waited got. */
  error?: unknown;
}

/** The token that the cache should hold; times by `clock.now()`. */
export interface Held {
  token: AccessToken;
  /** No renewal before. */
  earlyFrom: number;
  lastAt: number;
}

/** When the cache may ask again, and when it has to. */
interface Failure {
  earliest: number;
  latest: number;
}

/** The rule book, section 4 of the design. */
const JITTER = 0.2;
const LONGEST_RETRY_AFTER = 300_000;
const CLOSEST = 250;
const ATTEMPTS_LEFT = 3;

/** Additions of large numbers may be off by this. */
export const HAIR = 1e-3;

/** Stands between cache and minter, and knows from there what the cache has to do. */
export class FlightOracle implements TokenSource {
  readonly rejections = new Rejections();
  flight: Flight | undefined;
  failure: Failure | undefined;
  closed = false;
  onAdopted: (token: AccessToken, previous?: AccessToken) => void = () => {};
  flights = 0;
  #held: Held | undefined;
  /** By awake time: when the machine has to act of itself. */
  #due = Infinity;

  constructor(
    private readonly source: TokenSource,
    private readonly scenario: Scenario,
    private readonly time: VirtualTime,
    private readonly say: (line: string) => void,
    private readonly blame: (violation: Violation) => void,
  ) {}

  /** The token that has to be in use, if there is one. */
  get held(): Held | undefined {
    return this.#held !== undefined && this.time.now < this.#held.token.deadline
      ? this.#held
      : undefined;
  }

  /** What a caller who has to wait now waits for. */
  get joinable(): Flight | undefined {
    const { flight } = this;
    return flight?.over ? undefined : flight;
  }

  reject(value: string): void {
    this.rejections.add(value);
    if (this.#held?.token.value === value) this.drop();
  }

  close(): void {
    this.closed = true;
    this.drop();
  }

  async acquire(need: TokenNeed = {}): Promise<AccessToken> {
    this.flights += 1;
    const id = this.flights;
    const flight: Flight = { id, landed: false, over: false };
    if (!this.closed) {
      this.checkDeparture();
      this.flight = flight;
      this.#due = Infinity;
    }
    this.say(`flight ${flight.id} departs`);
    try {
      flight.token = await this.source.acquire(need);
      return flight.token;
    } finally {
      flight.landed = true;
      this.say(`flight ${id} lands: ${flight.token?.value ?? 'no token'}`);
    }
  }

  /** The cache has taken a token into use. */
  adopted(token: AccessToken): void {
    const { flight } = this;
    const previous = this.held?.token;
    this.say(`in use: ${token.value}, renewed in time: ${previous?.value}`);
    if (this.closed || !flight?.landed || flight.token !== token) {
      return this.fault(INVARIANTS.model, `${token.value} is taken into use`);
    }
    if (this.rejections.has(token.value)) {
      this.fault(INVARIANTS.usable, `${token.value} is taken back`);
    }
    flight.over = true;
    this.failure = undefined;
    const { earlyWindow, lastWindow } = this.scenario.options.token;
    const early = token.lifetime * earlyWindow;
    const last = Math.min(lastWindow, early / 2, token.lifetime / 4);
    const { deadline } = token;
    this.#held = {
      token,
      earlyFrom: deadline - early,
      lastAt: deadline - last,
    };
    this.dueBy(deadline - early + JITTER * (early - last));
    this.onAdopted(token, previous);
  }

  /** The cache has taken note of a failure. */
  failed(error: unknown): void {
    if (this.closed) return;
    const { now } = this.time;
    const { flight } = this;
    this.say(`no token: ${String(error)}`);
    if (flight?.landed && flight.token !== undefined && this.isGood(flight)) {
      this.fault(INVARIANTS.model, `${flight.token.value} is thrown away`);
    }
    if (flight !== undefined) flight.over = true;
    const { cooldownMin, cooldownMax } = this.scenario.options.token;
    const calm = Math.max(0, (this.held?.lastAt ?? now) - now);
    const close = calm > 0 ? Math.max(CLOSEST, calm / ATTEMPTS_LEFT) : Infinity;
    const seconds = isKopoKopoError(error) ? (error.retryAfter ?? 0) : 0;
    const asked = Math.min(seconds * 1_000, LONGEST_RETRY_AFTER);
    this.failure = {
      earliest: now + Math.max(asked, Math.min(cooldownMin, close)),
      latest: now + Math.max(asked, Math.min(cooldownMax, close)),
    };
    if (this.held !== undefined) this.dueBy(this.failure.latest);
  }

  /** Asked once everything that can be done at this instant is done. */
  check(): void {
    this.checkLanding();
    if (this.held === undefined || this.closed) return;
    const late = this.time.awake - this.#due - this.time.busy;
    if (late > HAIR) {
      this.fault(INVARIANTS.renewed, `it is ${Math.round(late)} ms late`);
    }
  }

  /** What has landed must have been taken note of. */
  private checkLanding(): void {
    const { flight } = this;
    if (!flight?.landed || flight.over) return;
    flight.over = true;
    if (this.closed) return;
    if (flight.token === undefined || this.isGood(flight)) {
      this.fault(INVARIANTS.model, `flight ${flight.id} came to nothing`);
    }
    // Rejected at the last moment; all the same it has to be tried again.
    const { cooldownMax } = this.scenario.options.token;
    if (this.held !== undefined) this.dueBy(this.time.now + cooldownMax);
  }

  private checkDeparture(): void {
    const { now } = this.time;
    const { flight, failure, held } = this;
    if (flight !== undefined && !flight.landed) {
      this.fault(INVARIANTS.single, `flight ${flight.id} is in the air`);
    }
    if (failure !== undefined && now < failure.earliest - HAIR) {
      const left = Math.ceil(failure.earliest - now);
      this.fault(INVARIANTS.bounded, `${left} ms of cool-down are left`);
    }
    if (held !== undefined && now < held.earlyFrom - HAIR) {
      this.fault(INVARIANTS.bounded, 'the token in hand is fresh');
    }
  }

  private isGood({ token }: Flight): boolean {
    if (token === undefined || this.time.now >= token.deadline) return false;
    return !this.rejections.has(token.value);
  }

  private drop(): void {
    this.#held = undefined;
    this.#due = Infinity;
  }

  /** Busy turns may make a timer late by as much as they take. */
  private dueBy(at: number): void {
    const { now, awake, busy } = this.time;
    this.#due = awake + Math.max(0, at - now) - busy;
  }

  private fault(invariant: string, detail: string): void {
    this.blame(new Violation(invariant, detail));
  }
}
