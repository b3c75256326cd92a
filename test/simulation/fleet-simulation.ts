import type { Chance } from './chance.js';
import { FleetWorld } from './fleet-world.js';
import { Pod } from './pod.js';
import { FLEET_INVARIANTS } from './violation.js';

/** The store is asked again after a second; and some more. */
const RETURN = 2_000;

/** One life of a fleet, from the first pod to after the last one. */
export class FleetSimulation {
  readonly world: FleetWorld;
  private readonly chance: Chance;

  constructor(seed: number, tracing = false) {
    this.world = new FleetWorld(seed, tracing);
    this.chance = this.world.chance.fork();
  }

  async run(): Promise<void> {
    const { world, chance } = this;
    const { length, steps, pods } = world.scenario;
    const end = world.time.now + length;
    world.say(JSON.stringify(world.scenario));
    const atOnce = chance.is(0.5) ? pods : 1;
    for (let left = atOnce; left > 0; left--) {
      await world.turn(() => this.boot());
    }
    for (let step = 0; step < steps && world.time.now < end; step++) {
      await world.pass(chance.exponential(chance.pick([30, length / steps])));
      await world.turn(() => this.act());
    }
    await world.pass(Math.max(0, end - world.time.now));
    await this.finish();
  }

  private act(): void {
    const { world, chance } = this;
    const { scenario, living } = world;
    const short = living.length < scenario.pods;
    const deed = chance.weighted({
      get: 10,
      burst: 4,
      call: 8,
      boot: short ? 5 : 0,
      stop: scenario.stops && living.length > 0 ? 3 : 0,
      kill: scenario.kills ? 3 : 0,
      reject: scenario.rejects ? 3 : 0,
      pause: scenario.pauses ? 3 : 0,
      empty: scenario.restarts ? 2 : 0,
    });
    if (deed === 'boot' || (living.length === 0 && chance.is(0.5))) {
      return this.boot();
    }
    if (deed === 'empty') return world.empty();
    const pods = living.filter(({ isPaused }) => !isPaused);
    if (pods.length === 0) return;
    if (deed === 'burst') return pods.forEach((pod) => world.get(pod));
    this[deed](chance.pick(pods));
  }

  private boot(): void {
    const { world, chance } = this;
    const pod = new Pod(world, world.pods.length + 1);
    world.pods.push(pod);
    pod.say('boots');
    pod.room.fleet.onApplicationBootstrap();
    if (chance.is(0.7)) world.get(pod);
  }

  private get(pod: Pod): void {
    this.world.get(pod);
  }

  /** An authorised call: what the server no longer knows is a 401. */
  private call(pod: Pod): void {
    const { world, chance } = this;
    const ms = chance.exponential(300);
    world.get(pod, ({ value }) => {
      pod.time.timer(ms, () => {
        const { now } = world.time;
        const truth = world.server.tokens.get(value)!;
        if (truth.revoked && now < truth.expiresAt) this.refuse(pod, value);
      });
    });
  }

  private reject(pod: Pod): void {
    if (pod.held !== undefined) this.refuse(pod, pod.held.value);
  }

  private refuse(pod: Pod, value: string): void {
    const { world } = this;
    world.disturb();
    pod.say(`rejects ${value}`);
    pod.rejected.set(value, world.time.now);
    pod.room.tokens.invalidateToken(value);
    if (this.chance.is(0.7)) world.get(pod);
  }

  private pause(pod: Pod): void {
    const { token } = this.world.scenario.options;
    const ms = this.chance.exponential(this.chance.pick([500, token.lapse]));
    pod.say(`stands still for ${Math.round(ms)} ms`);
    pod.time.heldUntil = this.world.time.now + ms;
  }

  private kill(pod: Pod): void {
    pod.say('is killed');
    pod.state = 'killed';
    pod.time.die();
    pod.asking = 0;
    const { world } = this;
    world.disturb();
    for (const [id, whose] of world.waiting) {
      if (whose === pod) world.waiting.delete(id);
    }
    world.forget();
    if (this.chance.is(0.5)) this.boot();
  }

  private stop(pod: Pod): void {
    const { world } = this;
    const startedAt = world.time.now;
    pod.say('stops');
    pod.state = 'stopping';
    pod.stopsAt = startedAt;
    void pod.room.settlement.settle({ final: true }).then(() => {
      pod.say('has stopped');
      pod.state = 'stopped';
      const took = world.time.now - startedAt;
      if (took > world.scenario.options.shutdown.timeout) {
        world.blame(FLEET_INVARIANTS.closed, `a stop takes ${took} ms`);
      }
      world.checkStopped(pod);
      world.forget();
    });
    if (this.chance.is(0.3)) world.get(pod);
  }

  /** Nothing goes wrong any more. */
  private async finish(): Promise<void> {
    const { world, chance } = this;
    const { token, shutdown } = world.scenario.options;
    world.say('all is well from here on');
    for (const pod of world.pods) pod.line.healed = true;
    if (world.living.length === 0 || chance.is(0.2)) {
      await world.turn(() => this.boot());
    }
    const paused = world.living.map(({ time }) => time.heldUntil);
    await world.pass(Math.max(0, ...paused.map((at) => at - world.time.now)));
    await world.turn(() => {
      for (const pod of world.living) if (chance.is(0.7)) world.get(pod);
    });
    await world.pass(2 * token.beat + RETURN);
    for (let more = 0; more < 3 && this.isRenewed(); more++) {
      await world.pass(token.beat + RETURN);
    }
    if (!this.isRenewed()) world.checkConverged();
    await world.pass(world.clearance);
    world.checkCleared();
    await this.stopAll();
    await world.pass(shutdown.timeout);
    world.checkAllGone();
    await world.pass(3 * world.leaseDuration);
    world.checkEmpty();
    await world.turn(() => {});
  }

  /** Siblings take a beat to hear of a new token. */
  private isRenewed(): boolean {
    const { time, store, scenario, mintedAt } = this.world;
    const changedAt = Math.max(store.changedAt, mintedAt);
    return time.now - changedAt < scenario.options.token.beat + RETURN;
  }

  private async stopAll(): Promise<void> {
    const { world, chance } = this;
    const apart = chance.is(0.5);
    while (world.living.length > 0) {
      await world.turn(() => this.stop(chance.pick(world.living)));
      if (apart) await world.pass(chance.exponential(500));
    }
  }
}
