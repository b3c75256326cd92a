import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { type PaymentPlan, PaymentsSimulation } from './payments-simulation.js';

/*
 * PAYMENTS_SEED=12345 npm run simulate   one seed
 * PAYMENTS_RUNS=50 npm run simulate      more of them
 */
const { PAYMENTS_SEED: ONE, PAYMENTS_RUNS } = process.env;
const RUNS = Number(PAYMENTS_RUNS ?? 1);

const PLANS: Record<string, PaymentPlan> = {
  'whose callbacks go wrong': {
    payments: 1_000,
    shops: 3,
    crashes: false,
    losesStore: false,
  },
  'whose callbacks go wrong while processes die': {
    payments: 1_000,
    shops: 3,
    crashes: true,
    losesStore: false,
  },
  'whose callbacks go wrong while the store forgets everything': {
    payments: 1_000,
    shops: 3,
    crashes: false,
    losesStore: true,
  },
};

beforeAll(() => Logger.overrideLogger(false));
afterAll(() => Logger.overrideLogger(new Logger()));

function seeds(): number[] {
  if (ONE !== undefined) return [Number(ONE)];
  const first = Date.now() % 1_000_000;
  return Array.from({ length: RUNS }, (_, n) => first + n);
}

describe.each(Object.entries(PLANS))('1,000 payments %s', (_what, plan) => {
  it.each(seeds())('are all handled, of seed %d', async (seed) => {
    const simulation = new PaymentsSimulation(seed, plan);
    await simulation.run();
    const { server, handled, fates, handledAt } = simulation;
    const all = [...server.payments.values()];
    const ended = all.filter(({ endedAt }) => endedAt !== undefined);
    expect(ended.length).toBeGreaterThan(900);

    // Nobody knows the id of one whose asker died, unless its callback came and was not lost with another process.
    const traceable = ended.filter(
      ({ id, isAnswered }) =>
        isAnswered ||
        (!['lost', 'forged'].includes(fates.get(id)!) &&
          !simulation.died.has(id)),
    );
    const counts = traceable.map(({ id }) => handled.get(id) ?? 0);
    const missed = traceable.filter(({ id }) => !handled.has(id));
    expect({ seed, missed }).toEqual({ seed, missed: [] });
    if (!plan.losesStore) expect(Math.max(...counts)).toBe(1);

    // Each order was asked for once.
    const references = all.map(({ reference }) => reference);
    expect(new Set(references).size).toBe(references.length);

    if (plan.crashes) return;
    // Every end was handled, and soon where it had come before the first look.
    expect(traceable).toHaveLength(ended.length);
    const lost = ended.filter(
      ({ id, endedAt }) =>
        fates.get(id) === 'lost' && handledAt.get(id)! - endedAt! < 36_000,
    );
    expect(lost.length).toBeGreaterThan(50);
  });
});
