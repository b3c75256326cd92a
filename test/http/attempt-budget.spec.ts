import { describe, expect, it } from '@jest/globals';
import { withinBudget } from '../../lib/http/attempt-budget.js';
import {
  KopoKopoAbortError,
  KopoKopoConnectionError,
  KopoKopoRateLimitError,
  KopoKopoRefusedError,
  KopoKopoServerError,
} from '../../lib/index.js';
import { failureOf } from '../support/boot.js';
import { VirtualRuntime } from '../support/virtual-runtime.js';

const POLICY = { attempts: 3, attemptTimeout: 400, budget: 1_000 };

/** Attempts that take a while and then do what the script says. */
function script(runtime: VirtualRuntime, took: number, steps: unknown[]) {
  const timeouts: number[] = [];
  const attempt = async (timeout: number): Promise<unknown> => {
    timeouts.push(timeout);
    await runtime.timers.pause(took);
    const step = steps.shift();
    if (step instanceof Error) throw step;
    return step;
  };
  return { attempt, timeouts };
}

const DOWN = () => new KopoKopoServerError('down');

describe('what may be repeated', () => {
  it('is tried again after a pause, until it works', async () => {
    const runtime = new VirtualRuntime();
    runtime.chance = 0.5;
    const { attempt, timeouts } = script(runtime, 10, [DOWN(), DOWN(), 'ok']);
    const result = withinBudget(attempt, POLICY, runtime);
    await runtime.advance(10);
    expect(timeouts).toHaveLength(1);
    expect(runtime.due).toEqual([100]);
    await runtime.advance(110);
    expect(runtime.due).toEqual([200]);
    await runtime.advance(1_000);
    expect(await result).toBe('ok');
  });

  it('is tried no more often than allowed, and the last failure is the one that is told', async () => {
    const runtime = new VirtualRuntime();
    const last = DOWN();
    const { attempt, timeouts } = script(runtime, 0, [DOWN(), DOWN(), last, 1]);
    const failed = failureOf(withinBudget(attempt, POLICY, runtime));
    await runtime.advance(1_000);
    expect(await failed).toBe(last);
    expect(timeouts).toHaveLength(3);
  });

  it('gives the last attempt no more time than the budget has left', async () => {
    const runtime = new VirtualRuntime();
    const { attempt, timeouts } = script(runtime, 400, [
      DOWN(),
      DOWN(),
      DOWN(),
    ]);
    const failed = failureOf(withinBudget(attempt, POLICY, runtime));
    await runtime.advance(1_200);
    await failed;
    expect(timeouts).toEqual([400, 400, 200]);
  });

  it('is not tried again where the failure says that it is of no use', async () => {
    const runtime = new VirtualRuntime();
    for (const final of [
      new KopoKopoRefusedError('no'),
      new TypeError('bug'),
    ]) {
      const { attempt, timeouts } = script(runtime, 0, [final, 'ok']);
      const failed = failureOf(withinBudget(attempt, POLICY, runtime));
      await runtime.advance(10);
      expect(await failed).toBe(final);
      expect(timeouts).toHaveLength(1);
    }
  });

  it('waits as long as the server asks, where the budget has so much time', async () => {
    const runtime = new VirtualRuntime();
    const asks = (retryAfter: number) =>
      new KopoKopoRateLimitError('slow', { retryAfter });
    const patient = script(runtime, 0, [asks(0.9), 'ok']);
    const result = withinBudget(patient.attempt, POLICY, runtime);
    await runtime.advance(899);
    expect(patient.timeouts).toHaveLength(1);
    await runtime.advance(1);
    expect(await result).toBe('ok');

    const hopeless = script(runtime, 0, [asks(1), 'ok']);
    const failed = failureOf(withinBudget(hopeless.attempt, POLICY, runtime));
    await runtime.advance(0);
    expect(await failed).toMatchObject({ retryAfter: 1 });
    expect(hopeless.timeouts).toHaveLength(1);
  });

  it('is given up at once when its caller goes during a pause', async () => {
    const runtime = new VirtualRuntime();
    runtime.chance = 0.9;
    const caller = new AbortController();
    const { attempt, timeouts } = script(runtime, 0, [DOWN(), 'ok']);
    const failed = failureOf(
      withinBudget(attempt, POLICY, runtime, caller.signal),
    );
    await runtime.advance(1);
    caller.abort();
    expect(await failed).toBeInstanceOf(KopoKopoAbortError);
    expect(timeouts).toHaveLength(1);
  });
});

describe('the outcome of what was tried several times', () => {
  const outcomeOf = async (...steps: Error[]) => {
    const runtime = new VirtualRuntime();
    const { attempt } = script(runtime, 0, steps);
    const failed = failureOf(withinBudget(attempt, POLICY, runtime));
    await runtime.advance(1_000);
    return failed;
  };
  const gone = () =>
    new KopoKopoConnectionError('gone', { outcome: 'not-sent' });

  it('is unknown once an attempt may have been acted on, whatever the last one says', async () => {
    expect(await outcomeOf(DOWN(), gone(), gone())).toMatchObject({
      message: 'gone',
      outcome: 'unknown',
    });
    const refused = new KopoKopoRefusedError('no');
    expect(await outcomeOf(DOWN(), refused)).toMatchObject({
      message: 'no',
      outcome: 'unknown',
    });
  });

  it('is not-sent where no attempt has left', async () => {
    expect(await outcomeOf(gone(), gone(), gone())).toMatchObject({
      outcome: 'not-sent',
    });
  });

  it('is that of the attempts where the caller goes in the pause between them', async () => {
    for (const [first, outcome] of [
      [DOWN(), 'unknown'],
      [gone(), 'not-sent'],
    ] as const) {
      const runtime = new VirtualRuntime();
      runtime.chance = 0.9;
      const caller = new AbortController();
      const { attempt } = script(runtime, 0, [first, 'ok']);
      const failed = failureOf(
        withinBudget(attempt, POLICY, runtime, caller.signal),
      );
      await runtime.advance(1);
      caller.abort();
      expect(await failed).toMatchObject({ name: 'AbortError', outcome });
    }
  });
});
