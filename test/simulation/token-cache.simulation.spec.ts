import { runInThisContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Simulation } from './simulation.js';
import { INVARIANTS, Violation } from './violation.js';

/*
 * SIMULATION_SEED=12345 npm run simulate                        one seed, with all that happened
 * SIMULATION_FIRST=20000 SIMULATION_RUNS=50000 npm run simulate  other seeds, more of them
 */
const { SIMULATION_SEED: ONE, SIMULATION_FIRST, SIMULATION_RUNS } = process.env;
const FIRST = Number(SIMULATION_FIRST ?? 1);
const RUNS = Number(SIMULATION_RUNS ?? (process.env.CI ? 2_500 : 500));

/** Lines of the trace that a failure shows. */
const SHOWN = 40;

/** Milliseconds for which the machine may be busy with other things. */
const BUSY = 300_000;

/** Milliseconds that a run may take on a loaded machine; 1.5 are usual. */
const PATIENCE = 20;

/** Node's own; jest gives tests a copy that hears nothing. */
const node = runInThisContext('process') as NodeJS.Process;
const usualStack = Error.stackTraceLimit;

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

/** Runs the seed once more, and tells what happened. */
async function replay(seed: number, lines = Infinity): Promise<string> {
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
    Error.stackTraceLimit = usualStack;
    node.off('unhandledRejection', hear);
  });

  if (ONE !== undefined) {
    it(`replays seed ${ONE}`, async () => {
      process.stdout.write(`${await replay(Number(ONE))}\n`);
      expect(await violationOf(new Simulation(Number(ONE)))).toBeUndefined();
    });
    return;
  }

  it(
    `keeps every promise in ${RUNS} runs`,
    async () => {
      for (let seed = FIRST; seed < FIRST + RUNS; seed++) {
        if ((await violationOf(new Simulation(seed))) === undefined) continue;
        throw new Error(await replay(seed, SHOWN));
      }
    },
    BUSY + RUNS * PATIENCE,
  );

  it('is the same each time for the same seed', async () => {
    for (let seed = FIRST; seed < FIRST + 20; seed++) {
      expect(await replay(seed)).toBe(await replay(seed));
    }
  });
});
