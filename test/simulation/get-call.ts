import { isKopoKopoError } from '../../lib/errors/kopokopo.error.js';
import type { AccessToken } from '../../lib/token/access-token.js';
import type { Flight, Held } from './flight-oracle.js';
import { HAIR } from './flight-oracle.js';
import { INVARIANTS, Violation } from './violation.js';
import type { World } from './world.js';

/** The last attempt, and each step of it, has a millisecond at the least. */
export const LEAST = 3;

/** One call of `getToken`, and what may become of it. */
export class GetCall {
  settled = false;
  private aborted = false;
  private readonly mark: number;
  private readonly startedAt: number;
  private readonly startedAwake: number;
  private readonly busyBefore: number;
  private readonly held: Held | undefined;
  private readonly prompt: boolean;
  private readonly openAtStart: boolean;
  private readonly flight: Flight | undefined;
  private readonly controller: AbortController | undefined;

  constructor(
    private readonly world: World,
    readonly id: number,
    withSignal: 'none' | 'some' | 'aborted',
  ) {
    const { time, oracle, tokens } = world;
    this.mark = oracle.rejections.mark();
    this.startedAt = time.now;
    this.startedAwake = time.awake;
    this.busyBefore = time.busy;
    this.held = oracle.held;
    this.openAtStart = !oracle.closed;
    this.prompt = this.held !== undefined && time.now < this.held.lastAt;
    if (this.held !== undefined && !this.prompt) {
      // So that there is a turn in which to look whether it still waits.
      const half = (this.held.token.deadline - time.now) / 2;
      time.timer(half + 1, () => {});
    }
    if (withSignal !== 'none') this.controller = new AbortController();
    if (withSignal === 'aborted') this.abort();
    const answer = tokens.getToken({ signal: this.controller?.signal });
    this.flight = oracle.joinable;
    answer.then(
      (token) => this.got(token),
      (error: unknown) => this.failed(error),
    );
  }

  get abortable(): boolean {
    return this.controller !== undefined && !this.aborted;
  }

  abort(): void {
    this.aborted = true;
    this.controller?.abort();
  }

  /** Asked once everything that can be done at this instant is done. */
  checkWaiting(): void {
    if (this.settled) return;
    if (this.aborted) this.blame(INVARIANTS.freed, 'waits on after its abort');
    if (!this.openAtStart) return;
    if (this.prompt) this.blame(INVARIANTS.prompt, 'waits');
    this.checkPatience();
  }

  private got(token: AccessToken): void {
    this.settled = true;
    const { server, time, oracle } = this.world;
    const { now } = time;
    this.world.say(`get ${this.id} got ${token.value}`);
    const truth = server.tokens.get(token.value);
    if (
      now >= token.deadline ||
      truth === undefined ||
      now >= truth.expiresAt
    ) {
      this.blame(INVARIANTS.usable, `got ${token.value}, which has expired`);
    }
    if (token.deadline > truth!.expiresAt + HAIR) {
      this.blame(INVARIANTS.usable, `${token.value} is thought to live on`);
    }
    if (oracle.rejections.before(token.value, this.mark)) {
      this.blame(INVARIANTS.usable, `got ${token.value}, which was rejected`);
    }
    this.checkTime();
    if (!this.openAtStart) return;
    const { value } = token;
    const known = value === this.held?.token.value;
    if (this.prompt && !known) {
      this.blame(INVARIANTS.model, `got ${value}, which is not in use`);
    }
    const due = this.flight?.token?.value;
    if (value !== due && !known) {
      this.blame(INVARIANTS.shared, `got ${value} where others got ${due}`);
    }
  }

  private failed(error: unknown): void {
    this.settled = true;
    const { oracle } = this.world;
    if (!isKopoKopoError(error)) {
      return this.blame(INVARIANTS.handled, `failed with ${String(error)}`);
    }
    this.world.say(`get ${this.id} failed: ${error.code} ${error.message}`);
    this.checkTime();
    if (error.code === 'KOPOKOPO_ABORTED' && !this.aborted) {
      this.blame(INVARIANTS.shared, `failed with ${error.code}`);
    }
    if (this.aborted || oracle.closed) return;
    if (error.code === 'KOPOKOPO_SHUT_DOWN') {
      this.blame(INVARIANTS.served, 'was told of a shutdown');
    }
    if (oracle.held !== undefined) {
      this.blame(INVARIANTS.served, `failed beside ${oracle.held.token.value}`);
    }
    if (this.flight === undefined) this.checkCoolDown();
    else if ((this.flight.error ??= error) !== error) {
      this.blame(INVARIANTS.shared, 'got an error of its own');
    }
  }

  /** Nobody asked the server for this caller, so a failure must just have happened. */
  private checkCoolDown(): void {
    const { failure } = this.world.oracle;
    if (failure === undefined || this.startedAt > failure.latest + HAIR) {
      this.blame(
        INVARIANTS.served,
        'failed though nothing keeps it from asking',
      );
    }
  }

  private checkTime(): void {
    const { time, scenario } = this.world;
    const busy = time.busy - this.busyBefore;
    const waited = time.awake - this.startedAwake - busy;
    const budget = scenario.options.token.mintBudget + LEAST;
    if (waited > budget + HAIR) {
      const over = Math.round(waited - budget);
      this.blame(INVARIANTS.budget, `waited ${over} ms longer than its budget`);
    }
  }

  /** In its last seconds a token is worth waiting for its successor, for a while. */
  private checkPatience(): void {
    const { time, oracle } = this.world;
    const { held } = this;
    if (held === undefined || oracle.held?.token !== held.token) return;
    const waited =
      time.awake - this.startedAwake - (time.busy - this.busyBefore);
    if (waited > (held.token.deadline - this.startedAt) / 2 + HAIR) {
      this.blame(INVARIANTS.prompt, 'waits for most of what the token lives');
    }
  }

  private blame(invariant: string, detail: string): void {
    this.world.blame(new Violation(invariant, `get ${this.id} ${detail}`));
  }
}
