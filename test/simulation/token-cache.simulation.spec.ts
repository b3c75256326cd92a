import { runInThisContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Simulation } from './simulation.js';
import { INVARIANTS, Violation } from './violation.js';

/** `SIMULATION_SEED=n npm run simulate` runs one seed and prints all that happened. */
const ONE = process.env.SIMULATION_SEED;
const FIRST = Number(process.env.SIMULATION_FIRST ?? 1);
const RUNS = Number(process.env.SIMULATION_RUNS ?? 10_000);

/** Lines of the trace that a failure shows. */
const SHOWN = 40;

/** Node's own; jest gives tests a copy that hears nothing. */
const node = runInThisContext('process') as NodeJS.Process;

let unhandled: unknown[] = [];
const hear = (reason: unknown): void => void unhandled.push(reason);

async function violationOf(simulation: Simulation): Promise<unknown> {
  unhandled = [];
  try {
    await simulation.run();
  } catch (error) {
    return error;
  }
  return unhandled.length === 0
    ? undefined
    : new Violation(INVARIANTS.handled, String(unhandled[0]));
}

/** Runs it once more, from the same seed, and tells what happened. */
async function report(seed: number, lines: number): Promise<string> {
  const simulation = new Simulation(seed, true);
  const violation = await violationOf(simulation);
  return [
    `Seed ${seed}: ${violation === undefined ? 'every promise was kept' : String(violation)}`,
    ...simulation.world.trace.slice(-lines),
    `Replay: SIMULATION_SEED=${seed} npm run simulate`,
  ].join('\n');
}

describe('Simulation of the token room', () => {
  beforeAll(() => {
    Logger.overrideLogger(false);
    // Nobody reads the stacks of errors that are meant to happen.
    Error.stackTraceLimit = 0;
    node.on('unhandledRejection', hear);
  });

  afterAll(() => {
    Error.stackTraceLimit = 10;
    node.off('unhandledRejection', hear);
  });

  if (ONE !== undefined) {
    it(`replays seed ${ONE}`, async () => {
      process.stdout.write(`${await report(Number(ONE), Infinity)}\n`);
      expect(await violationOf(new Simulation(Number(ONE)))).toBeUndefined();
    });
    return;
  }

  it(
    `keeps every promise in ${RUNS} runs`,
    async () => {
      const started = performance.now();
      for (let seed = FIRST; seed < FIRST + RUNS; seed++) {
        const violation = await violationOf(new Simulation(seed));
        if (violation !== undefined) throw new Error(await report(seed, SHOWN));
      }
      if (process.env.SIMULATION_SPEED)
        process.stdout.write(
          `${Math.round((RUNS / (performance.now() - started)) * 1000)} runs/s\n`,
        );
    },
    Math.max(30_000, RUNS * 20),
  );

  it('is the same each time for the same seed', async () => {
    for (let seed = FIRST; seed < FIRST + 20; seed++) {
      const [once, again] = [await report(seed, 1e6), await report(seed, 1e6)];
      expect(again).toBe(once);
    }
  });
});
