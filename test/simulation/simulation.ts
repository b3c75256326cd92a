import { isKopoKopoError } from '../../lib/errors/kopokopo.error.js';
import { Callers } from './callers.js';
import type { Chance } from './chance.js';
import { INVARIANTS, Violation } from './violation.js';
import { World } from './world.js';

/** One life of the token room, from the first caller to after the shutdown. */
export class Simulation {
  readonly world: World;
  private readonly callers: Callers;
  private readonly chance: Chance;

  constructor(seed: number, tracing = false) {
    this.world = new World(seed, tracing);
    this.callers = new Callers(this.world);
    this.chance = this.world.chance.fork();
  }

  async run(): Promise<void> {
    const { world, callers } = this;
    const { steps, length } = world.scenario;
    world.say(JSON.stringify(world.scenario));
    const end = world.time.awake + length;
    if (this.chance.is(0.7)) await world.turn(() => callers.get());
    for (let step = 0; step < steps && world.time.awake < end; step++) {
      await world.pass(this.gap());
      await world.turn(() => callers.act());
    }
    world.debts.checkSuperseded();
    world.check();
    await this.close();
  }

  /** Close together, far apart, or just where something is about to happen. */
  private gap(): number {
    const { time, scenario, oracle } = this.world;
    const { held, failure } = oracle;
    const kind = this.chance.weighted({ near: 5, moment: 4, far: 4, long: 1 });
    if (kind === 'near') return this.chance.exponential(20);
    if (kind === 'long') return this.chance.exponential(scenario.life * 2_000);
    if (kind === 'moment') {
      const moments = [
        held?.earlyFrom,
        held?.lastAt,
        held && this.chance.between(held.lastAt, held.token.deadline),
        held?.token.deadline,
        failure?.earliest,
        failure?.latest,
      ].filter((at) => at !== undefined && at > time.now);
      const off = this.chance.pick([0, 0, -1, 1, -50, 50, 1_000]);
      if (moments.length > 0) {
        return Math.max(0, this.chance.pick(moments)! - time.now + off);
      }
    }
    return this.chance.exponential(scenario.length / scenario.steps);
  }

  private async close(): Promise<void> {
    const { world, callers, chance } = this;
    const { time } = world;
    const { timeout } = world.scenario.options.shutdown;
    if (chance.is(0.3)) {
      // Just when somebody may be waiting.
      await world.pass(this.gap());
      await world.turn(() => callers.get());
      await world.pass(chance.exponential(50));
    }
    if (chance.is(0.3)) {
      // The drain took too long; requests are served on.
      await this.settle({ final: false });
      for (let left = chance.whole(0, 3); left > 0; left--) {
        await world.pass(chance.exponential(timeout));
        await world.turn(() => callers.get());
      }
    }
    await this.settle({ final: true });
    if (time.armed.behind > 0) {
      throw new Violation(INVARIANTS.closed, 'a timer is armed');
    }
    if (world.scenario.revocationWorks) world.debts.checkSettled();
    world.check();
    await this.checkShut();
    await world.pass(this.longest());
    this.checkEmpty();
    // What could not be given back is not forgotten.
    world.wire.healed = true;
    world.debts.occasions += 1;
    await world.turn(() => void world.settlement.settle({ final: true }));
    await world.pass(timeout);
    this.checkEmpty();
    world.debts.checkSettled();
    world.check();
  }

  private async settle(how: { final: boolean }): Promise<void> {
    const { world, callers, chance } = this;
    const { time } = world;
    const { timeout } = world.scenario.options.shutdown;
    const { awake, busy } = time;
    const settling = { over: false };
    await world.turn(() => {
      world.say(`settle ${JSON.stringify(how)}`);
      world.debts.occasions += 1;
      world.oracle.close();
      void world.settlement.settle(how).then(() => {
        world.say('settled');
        settling.over = true;
      });
    });
    while (!settling.over) {
      const left = awake + timeout - time.awake;
      if (left < -1 - (time.busy - busy)) {
        throw new Violation(INVARIANTS.closed, 'it takes longer than it may');
      }
      await world.pass(
        Math.min(chance.exponential(timeout / 3), Math.max(0, left) + 1),
      );
      await world.turn(() =>
        chance.is(0.5) ? void callers.get() : callers.request(),
      );
    }
  }

  /** Whoever asks from now on is told so. */
  private async checkShut(): Promise<void> {
    const { world } = this;
    for (const call of [
      () => world.tokens.getToken(),
      () => world.tokens.requestToken(),
    ]) {
      let told: unknown;
      await world.turn(() => {
        call().then(
          () => {},
          (error: unknown) => {
            told = isKopoKopoError(error) ? error.code : error;
          },
        );
      });
      if (told !== 'KOPOKOPO_SHUT_DOWN') {
        throw new Violation(INVARIANTS.closed, `${String(told)} afterwards`);
      }
    }
    if (world.tokens.peekToken() !== undefined) {
      throw new Violation(INVARIANTS.closed, 'a token can be peeked at');
    }
  }

  private checkEmpty(): void {
    const { time, wire, gets, debts } = this.world;
    const left = {
      timers: time.armed.awaited + time.armed.behind,
      requests: wire.pending,
      waiting: [...gets].filter(({ settled }) => !settled).length,
    };
    if (left.timers + left.requests + left.waiting > 0) {
      throw new Violation(INVARIANTS.closed, JSON.stringify(left));
    }
    debts.checkCalls();
    this.world.check();
  }

  /** Milliseconds after which everything that was begun has ended. */
  private longest(): number {
    const { timeout, token, shutdown } = this.world.scenario.options;
    return 3 * timeout + token.mintBudget + shutdown.timeout;
  }
}
