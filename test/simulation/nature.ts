import type { Chance } from './chance.js';
import { SECRETS } from './scenario.js';
import { ticks } from './ticks.js';
import type { World } from './world.js';

const CALM = { setWall: 1 } as const;
const ROUGH = { setWall: 2, block: 3, suspend: 3, kill: 4, rotate: 2 } as const;

type Weights = Partial<Record<keyof typeof ROUGH, number>>;

/** What befalls machine and server of their own accord. */
export class Nature {
  private readonly chance: Chance;

  constructor(
    private readonly world: World,
    private readonly get: () => void,
  ) {
    this.chance = world.chance.fork();
  }

  act(): void {
    const deeds: Weights = this.world.scenario.calm ? CALM : ROUGH;
    this[this.chance.weighted(deeds)]();
  }

  private setWall(): void {
    this.world.time.setWall(this.chance.between(-1, 1) * 30 * 86_400_000);
  }

  /** The loop is busy: less than five seconds, which is what a turn may take. */
  private block(): void {
    const { time } = this.world;
    time.endTurn();
    if (this.chance.is(0.7)) this.get();
    // Once whoever can be served has been.
    void ticks(60).then(() => {
      time.block(this.chance.between(0, 4_900));
      this.world.say('the event loop was blocked');
      if (this.chance.is(0.7)) this.get();
    });
  }

  private suspend(): void {
    const { time, scenario } = this.world;
    time.suspend(this.chance.exponential(scenario.life * 700));
    this.world.say('the machine was suspended');
  }

  /** The server revokes a token of its own accord. */
  private kill(): void {
    const { server, time, oracle } = this.world;
    const living = server.living(time.now);
    if (living.length === 0) return;
    const value =
      oracle.held !== undefined && this.chance.is(0.6)
        ? oracle.held.token.value
        : this.chance.pick(living).value;
    this.world.say(`the server kills ${value}`);
    server.revoke(value);
  }

  private rotate(): void {
    this.world.wire.secret = this.chance.pick(SECRETS);
    this.world.say(`${this.world.wire.secret} is the secret now`);
  }
}
