import { describe, expect, it } from '@jest/globals';
import type { CallSignal } from '../../lib/http/call-signal.js';
import { abortReason, ShutdownReason } from '../../lib/http/abort-reason.js';
import { withinDeadline } from '../../lib/http/deadline.js';
import {
  KopoKopoConnectionError,
  KopoKopoShutdownError,
  KopoKopoValidationError,
} from '../../lib/index.js';
import { failureOf } from '../support/boot.js';

/** A call that its test answers, or nobody. */
function openCall() {
  let resolve!: (answer: string) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<string>((...ends) => ([resolve, reject] = ends));
  let signal: CallSignal | undefined;
  return {
    answer: resolve,
    fail: reject,
    start: (given: CallSignal) => {
      signal = given;
      return promise;
    },
    get signal() {
      return signal;
    },
  };
}

describe('A call', () => {
  it('that never ends by itself ends by its time limit, and its connection is closed', async () => {
    const call = openCall();
    const error = await failureOf(withinDeadline(call.start, { timeout: 20 }));
    expect(error).toMatchObject({
      code: 'KOPOKOPO_TIMEOUT',
      outcome: 'unknown',
      message: 'Kopo Kopo did not answer within 20 ms.',
    });
    expect(call.signal?.aborted).toBe(true);
    // A failure that comes later is nobody's: it must not end the process.
    call.fail(new Error('too late'));
  });

  it('of a caller who had gone before is not begun', async () => {
    const call = openCall();
    const limits = { timeout: 60_000, signal: AbortSignal.abort() };
    expect(await failureOf(withinDeadline(call.start, limits))).toMatchObject({
      code: 'KOPOKOPO_ABORTED',
      outcome: 'not-sent',
    });
    expect(call.signal).toBeUndefined();
  });

  it('whose caller goes later has an unknown outcome, and its connection is closed', async () => {
    const call = openCall();
    const caller = new AbortController();
    const failed = failureOf(
      withinDeadline(call.start, { timeout: 60_000, signal: caller.signal }),
    );
    expect(call.signal?.aborted).toBe(false);
    caller.abort(new Error('some reason of the app'));
    expect(await failed).toMatchObject({
      code: 'KOPOKOPO_ABORTED',
      outcome: 'unknown',
    });
    expect(call.signal?.aborted).toBe(true);
  });

  it('that has ended is not ended again, and leaves no listener behind', async () => {
    const call = openCall();
    const caller = new AbortController();
    const ended = withinDeadline(call.start, {
      timeout: 20,
      signal: caller.signal,
    });
    call.answer('here');
    expect(await ended).toBe('here');
    caller.abort();
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(call.signal?.aborted).toBe(false);
  });
});

describe('An answer that comes after the call has ended', () => {
  it('is told, and its connection is kept until then', async () => {
    const call = openCall();
    const late: string[] = [];
    await failureOf(
      withinDeadline(
        call.start,
        { timeout: 10 },
        { limit: 60_000, onAnswer: (answer: string) => late.push(answer) },
      ),
    );
    expect(call.signal?.aborted).toBe(false);
    call.answer('late');
    await new Promise(setImmediate);
    expect(late).toEqual(['late']);
  });

  it('is told after an abort, too', async () => {
    const call = openCall();
    const late: string[] = [];
    const caller = new AbortController();
    const failed = failureOf(
      withinDeadline(
        call.start,
        { timeout: 60_000, signal: caller.signal },
        { limit: 60_000, onAnswer: (answer: string) => late.push(answer) },
      ),
    );
    caller.abort();
    await failed;
    call.answer('late');
    await new Promise(setImmediate);
    expect(late).toEqual(['late']);
  });

  it('is no longer waited for once its own limit is over', async () => {
    const call = openCall();
    await failureOf(withinDeadline(call.start, { timeout: 5 }, { limit: 20 }));
    expect(call.signal?.aborted).toBe(false);
    await new Promise<void>((resolve) =>
      call.signal!.addEventListener('abort', resolve),
    );
  });

  it('is nobody´s where it is a failure', async () => {
    const call = openCall();
    const late: string[] = [];
    await failureOf(
      withinDeadline(
        call.start,
        { timeout: 5 },
        { limit: 60_000, onAnswer: (answer: string) => late.push(answer) },
      ),
    );
    call.fail(new Error('too late'));
    await new Promise(setImmediate);
    expect(late).toEqual([]);
  });
});

describe('The outcome of a call that is ended', () => {
  const foreign = [
    new KopoKopoShutdownError('The application shut down.'),
    new KopoKopoValidationError('Another call was wrong.'),
    new KopoKopoConnectionError('gone', { outcome: 'rejected' }),
    { code: 'KOPOKOPO_SHUT_DOWN', outcome: 'not-sent' },
  ];

  it.each(foreign)('is its own, whatever it is aborted with (%#)', (reason) => {
    const signal = AbortSignal.abort(reason);
    const error = abortReason(signal, 'unknown');
    expect(error).not.toBe(reason);
    expect(error).toMatchObject({
      code: 'KOPOKOPO_ABORTED',
      outcome: 'unknown',
    });
  });

  it('is its own where the application shuts down, and the error says so', () => {
    const signal = AbortSignal.abort(new ShutdownReason('It shut down.'));
    for (const outcome of ['unknown', 'not-sent'] as const) {
      expect(abortReason(signal, outcome)).toMatchObject({
        code: 'KOPOKOPO_SHUT_DOWN',
        outcome,
        message: 'It shut down.',
      });
    }
  });
});
