import type { AccessToken } from '../../lib/token/access-token.js';
import { SECRETS } from './scenario.js';
import { INVARIANTS, Violation } from './violation.js';
import type { Answer } from './virtual-server.js';
import type { World } from './world.js';

/** The rule book: so often is one revocation tried, with each secret. */
const ATTEMPTS = 3;

/** Superseded, and to be given back by then (awake time). */
interface Superseded {
  value: string;
  due: number;
  /** By `clock.now()`: from here on nothing needs to be done. */
  deadline: number;
}

/** Keeps account of what this client owes the server. */
export class Debts {
  /** Callers gave these back themselves. */
  readonly byCaller = new Set<string>();
  /** Value to the authorised calls that use it. */
  readonly uses = new Map<string, number>();
  #superseded: Superseded[] = [];
  /** Value to the awake time of the first attempt to give it back. */
  readonly #begun = new Map<string, number>();

  /** Value to the awake time at which a call last ended. */
  readonly #freed = new Map<string, number>();

  readonly #first = new Map<string, number>();
  /** Value to attempts to give it back. */
  readonly #attempts = new Map<string, number>();
  /** Awake time at which the token in use became that. */
  #inUseSince = 0;
  #mints = 0;
  /** Tokens that may have ended when they arrived: each is asked for again. */
  #ended = 0;
  /** Calls of `requestToken`. */
  requests = 0;
  /** Occasions beside retirement, for all tokens. */
  occasions = 0;

  constructor(private readonly world: World) {}

  asked(path: string, form: Readonly<Record<string, string>>): void {
    this.world.say(`> ${path} ${form.token ?? ''}`);
    if (path === '/oauth/token') this.#mints += 1;
    else this.checkRevocation(form.token!);
  }

  answered(path: string, answer: Answer): void {
    const value = answer.token?.value ?? '';
    this.world.say(`< ${path} ${answer.status} ${value}`);
    if (answer.token !== undefined && answer.status === 200) {
      answer.token.known = true;
      const { expires_in: life } = JSON.parse(answer.text) as {
        expires_in: number;
      };
      const { attemptTimeout } = this.world.scenario.options.token;
      if (life * 1_000 <= attemptTimeout) this.#ended += 1;
    }
  }

  adopted(token: AccessToken, previous?: AccessToken): void {
    this.#superseded = this.#superseded.filter(
      ({ value }) => value !== token.value,
    );
    const { time, scenario } = this.world;
    if (previous?.value !== token.value) this.#inUseSince = time.awake;
    if (previous === undefined || previous.value === token.value) return;
    const { value, createdAt, deadline } = previous;
    // What can't be told from the same grant is left until the end.
    if (createdAt !== undefined && createdAt === token.createdAt) return;
    const due = time.awake + scenario.options.token.revokeDelay;
    this.#superseded.push({ value, due, deadline });
  }

  /** The rest of a call: until it ends the token must not be taken from it. */
  use(value: string, ms: number, end: () => void): void {
    const { time, uses } = this.world;
    this.uses.set(value, (this.uses.get(value) ?? 0) + 1);
    void uses.during(
      value,
      () =>
        new Promise<void>((resolve) => {
          time.timer(ms, () => {
            this.uses.set(value, this.uses.get(value)! - 1);
            this.#freed.set(value, time.awake);
            end();
            resolve();
          });
        }),
    );
  }

  /** Where revocation works, what was superseded is given back in its time. */
  checkSuperseded(): void {
    const { time, server, scenario } = this.world;
    // A vault that does not answer keeps tokens from being given back in time.
    const works = scenario.calm || scenario.secretKind !== 'function';
    if (!scenario.revocationWorks || !works) return;
    const grace = scenario.latency * 20 + time.busy;
    for (const { value, due, deadline } of this.#superseded) {
      const used = (this.uses.get(value) ?? 0) > 0;
      const since = Math.max(due, this.#freed.get(value) ?? 0);
      if (used || time.awake < since + grace) continue;
      if (time.now >= deadline || !server.lives(value, time.now)) continue;
      this.world.blame(
        new Violation(INVARIANTS.given, `${value} was superseded and lives`),
      );
    }
  }

  /** What the server holds of us at the end. */
  checkSettled(): void {
    const { server, time, scenario } = this.world;
    for (const { value, known, expiresAt } of server.living(time.now)) {
      // Of a token that it hands out again it rounds down what is left.
      const rounded = scenario.reuseFrom < 1 && expiresAt - time.now < 1_000;
      if (!known || rounded) continue;
      this.world.blame(
        new Violation(INVARIANTS.closed, `${value} lives on the server`),
      );
    }
  }

  /** No flight and no request may take more than its attempts. */
  checkCalls(): void {
    const { oracle, scenario } = this.world;
    const secrets = scenario.secretKind === 'list' ? SECRETS.length : 1;
    const each = scenario.options.token.mintAttempts * secrets;
    const most = (oracle.flights + this.requests + this.#ended) * each;
    if (this.#mints <= most) return;
    this.world.blame(
      new Violation(INVARIANTS.bounded, `${this.#mints} calls, not ${most}`),
    );
  }

  private checkRevocation(value: string): void {
    const { oracle, time, scenario } = this.world;
    const begun = this.#begun.get(value);
    // A call under way may be repeated though the server has handed the token out again meanwhile.
    const repeated =
      begun !== undefined && time.awake - begun <= 2 * scenario.options.timeout;
    if (!repeated) this.#begun.set(value, time.awake);
    this.checkAttempts(value);
    if (oracle.closed || repeated) return;
    // Nor can it be called back while it waits for the secret.
    const waited =
      scenario.secretKind === 'function' &&
      time.awake - this.#inUseSince <= 2 * scenario.options.timeout;
    if (oracle.held?.token.value === value && !waited) {
      this.world.blame(
        new Violation(INVARIANTS.given, `${value} is revoked while in use`),
      );
    }
    const byCaller =
      this.byCaller.has(value) || oracle.rejections.again.has(value);
    if (!byCaller && (this.uses.get(value) ?? 0) > 0) {
      this.world.blame(
        new Violation(INVARIANTS.given, `${value} is revoked under a call`),
      );
    }
  }

  /** A server that refuses is not asked without end. */
  private checkAttempts(value: string): void {
    const { time, scenario } = this.world;
    const attempts = (this.#attempts.get(value) ?? 0) + 1;
    this.#attempts.set(value, attempts);
    const since = this.#first.get(value) ?? time.awake;
    this.#first.set(value, since);
    const { revokeDelay, cooldownMax } = scenario.options.token;
    const delay = Math.max(revokeDelay, cooldownMax);
    const rounds = 1 + Math.floor((time.awake - since) / delay);
    const most = ATTEMPTS * SECRETS.length * (rounds + this.occasions);
    if (attempts <= most) return;
    this.world.blame(
      new Violation(INVARIANTS.bounded, `${value} is revoked without end`),
    );
  }
}
