import { expect, it } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { describeWith } from '../support/redis-server.js';
import { ChaosRun, LATENCY } from './support/chaos-run.js';
import { Fleet, PODS, TIMES, until } from './support/fleet.js';

const SEED = Number(process.env.FLEET_SEED ?? Date.now() % 1_000_000);

describeWith('redis-server', 'a fleet whose pods are killed at random', () => {
  it.each([
    { heir: 'one surviving sibling', survivors: 1 },
    { heir: 'one pod that starts', survivors: 0 },
  ])(
    'is cleared up by $heir: no token lives but the current one, and none after the last stop',
    async ({ survivors }) => {
      await using fleet = await Fleet.start({
        // Long lives, so that nothing is forgiven by expiry; renewed after two seconds.
        sandbox: { tokenLifetime: 30, latency: LATENCY },
        token: { earlyWindow: 0.9, lastWindow: 500 },
      });
      const chaos = new ChaosRun(fleet, SEED + survivors);
      await fleet.grow(PODS);
      await fleet.load({ every: 250 });
      await chaos.rage(PODS);
      await chaos.killUntil(survivors);
      const [heir] = survivors === 0 ? await fleet.grow(1) : fleet.living;
      // Or the superseding goes on and on, and there is always one that is not due yet.
      fleet.sandbox.setTokenLifetime(600);

      const clean = await until(async () => {
        const current = await heir!.get();
        return chaos.leftover(current).length === 0;
      });
      expect({ seed: SEED, clean }).toEqual({ seed: SEED, clean: true });
      expect(chaos.unexplained()).toEqual([]);

      await wait(TIMES.lapse);
      const beside = chaos.leftover(await heir!.get());
      await heir!.stop();
      const left = chaos.leftover(undefined);
      process.stdout.write(
        `${chaos.summary()}\n  cleared up by ${heir!.name}: ${beside.length} alive beside the current one, ${left.length} after the last stop\n`,
      );
      expect(left).toEqual([]);
    },
  );
});
