import type { AccessToken } from '../../lib/token/access-token.js';
import { isKopoKopoError } from '../../lib/errors/kopokopo.error.js';
import type { Chance } from './chance.js';
import { HAIR } from './flight-oracle.js';
import { GetCall, LEAST } from './get-call.js';
import { Nature } from './nature.js';
import { ticks } from './ticks.js';
import { INVARIANTS, Violation } from './violation.js';
import type { World } from './world.js';

const CALM = {
  get: 20,
  burst: 6,
  abort: 4,
  callApi: 12,
  request: 2,
  peek: 4,
  nature: 2,
} as const;

const ROUGH = { ...CALM, nature: 14, invalidate: 5, revoke: 3 } as const;

type Weights = Partial<Record<keyof typeof ROUGH, number>>;

/** Everyone who uses the token room. */
export class Callers {
  private readonly chance: Chance;
  private readonly turns: Nature;
  private readonly seen: AccessToken[] = [];
  private readonly own: AccessToken[] = [];
  private count = 0;

  constructor(private readonly world: World) {
    this.chance = world.chance.fork();
    this.turns = new Nature(world, () => this.get());
    world.onAnswer = () => this.meddle();
  }

  act(): void {
    const deeds: Weights = this.world.scenario.calm ? CALM : ROUGH;
    this[this.chance.weighted(deeds)]();
  }

  get(): GetCall {
    const withSignal = this.chance.weighted({ none: 10, some: 5, aborted: 1 });
    this.count += 1;
    this.world.say(`get ${this.count} (${withSignal} signal)`);
    const call = new GetCall(this.world, this.count, withSignal);
    this.world.gets.add(call);
    if (withSignal === 'some' && this.chance.is(0.5)) {
      const patience = this.chance.exponential(this.patience());
      this.world.time.timer(patience, () => this.leave(call));
    }
    return call;
  }

  request(): void {
    const { time, scenario } = this.world;
    const { awake, busy } = time;
    this.world.say('requestToken');
    this.world.debts.requests += 1;
    this.expect(
      this.world.tokens
        .requestToken()
        .then((token) => void this.own.push(token))
        .finally(() => {
          const waited = time.awake - awake - (time.busy - busy);
          if (waited <= scenario.options.token.mintBudget + LEAST + HAIR)
            return;
          this.world.blame(new Violation(INVARIANTS.budget, 'requestToken'));
        }),
    );
  }

  private burst(): void {
    for (let left = this.chance.whole(2, 12); left > 0; left--) this.get();
  }

  private abort(): void {
    const waiting = [...this.world.gets].filter(({ settled }) => !settled);
    if (waiting.length === 0) return;
    this.leave(this.chance.pick(waiting));
  }

  private leave(call: GetCall): void {
    if (call.settled || !call.abortable) return;
    this.world.say(`get ${call.id} aborts`);
    call.abort();
  }

  /** Milliseconds: about as long as an answer takes, or as an attempt. */
  private patience(): number {
    const { latency, options } = this.world.scenario;
    return this.chance.is(0.5) ? 3 * latency : options.token.attemptTimeout;
  }

  /** An authorised call: what the server no longer knows is a 401. */
  private callApi(): void {
    const { world, chance } = this;
    const { scenario } = world;
    world.say('callApi');
    const ms = chance.is(0.8)
      ? chance.exponential(500)
      : chance.exponential(scenario.life * 500);
    const call = world.tokens.getToken().then((token) => {
      this.seen.push(token);
      world.debts.use(token.value, ms, () => {
        if (world.server.lives(token.value, world.time.now)) return;
        this.reject(token.value);
      });
    });
    this.expect(call);
  }

  private peek(): void {
    const { tokens, oracle } = this.world;
    const token = tokens.peekToken()?.value;
    tokens.status();
    this.world.say(`peek ${token}`);
    if (token === oracle.held?.token.value) return;
    this.world.blame(new Violation(INVARIANTS.model, `peek gives ${token}`));
  }

  private nature(): void {
    this.turns.act();
  }

  private invalidate(): void {
    const { oracle } = this.world;
    const old = this.seen.length > 0 ? this.chance.pick(this.seen).value : 'x';
    const unknown = `token-${this.chance.whole(1, 1_000)}`;
    const current = oracle.held?.token.value ?? old;
    this.reject(
      { current, old, unknown }[
        this.chance.weighted({ current: 3, old: 2, unknown: 1 })
      ],
    );
  }

  private revoke(): void {
    const { world, chance } = this;
    const own = this.own.splice(0, chance.whole(0, 2));
    const current = world.oracle.held?.token.value;
    const given = own[0]?.value ?? (chance.is(0.7) ? undefined : current);
    const value = given ?? current;
    world.say(`revokeToken ${given ?? ''} (${value})`);
    if (value !== undefined) {
      world.debts.occasions += 1;
      world.debts.byCaller.add(value);
      world.oracle.reject(value);
    }
    this.expect(world.tokens.revokeToken(given));
  }

  private reject(value: string): void {
    this.world.say(`invalidateToken ${value}`);
    this.world.oracle.reject(value);
    this.world.tokens.invalidateToken(value);
  }

  /** Acts in the middle of the promises that bring an answer home. */
  private meddle(): void {
    const { chance } = this;
    if (this.world.scenario.calm || !chance.is(0.1)) return;
    const deed = chance.weighted({ get: 2, abort: 2, invalidate: 2, hit: 2 });
    const later = chance.whole(0, 40);
    const value = [...this.world.server.tokens.keys()].at(-1);
    void ticks(later).then(() => {
      this.world.say(`meddling, ${later} ticks after the answer`);
      if (deed !== 'hit') return void this[deed]();
      // As one may who has the token from a server that reuses it.
      if (value !== undefined) this.reject(value);
      this.get();
    });
  }

  private expect(call: Promise<unknown>): void {
    call.catch((error: unknown) => {
      if (isKopoKopoError(error))
        return this.world.say(`failed: ${error.code}`);
      this.world.blame(new Violation(INVARIANTS.handled, String(error)));
    });
  }
}
