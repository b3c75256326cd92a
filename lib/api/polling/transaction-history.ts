import { milliseconds } from '../../config/option-checks.js';
import { KopoKopoResponseError } from '../../errors/response.error.js';
import { KopoKopoValidationError } from '../../errors/validation.error.js';
import { instantOf } from '../../values/instants.js';
import type { Transaction } from '../transactions/transaction.answer.js';
import type { Polling } from './polling.answer.js';
import type { PollingRequest } from './polling.request.js';

/** Milliseconds of a window by default: a day. */
const DAY = 86_400_000;

/** Kopo Kopo tells times to the second: a shorter window would hold nothing. */
const SHORTEST = 1_000;

/**
 * Which transactions are asked for.
 *
 * @publicApi
 */
export interface TransactionHistoryRequest extends PollingRequest {
  /** Milliseconds that one request to Kopo Kopo covers, at least 1,000. Default: a day. */
  window?: number | undefined;
  /** Milliseconds to wait for one window. Default 120,000. */
  timeout?: number | undefined;
  /** Ends the waiting when it aborts. */
  signal?: AbortSignal | undefined;
}

/** Asks for one window and waits for its end. @internal */
export type WindowReader = (window: PollingRequest) => Promise<Polling>;

/**
 * Reads a history window by window; a transaction at the border of two windows is told once.
 *
 * @throws KopoKopoValidationError before anything is asked for
 * @throws KopoKopoResponseError where Kopo Kopo could not give a window
 * @internal
 */
export async function* readHistory(
  {
    window = DAY,
    timeout: _timeout,
    signal: _signal,
    ...request
  }: TransactionHistoryRequest,
  read: WindowReader,
): AsyncGenerator<Transaction, void, undefined> {
  const problem = milliseconds(window);
  if (problem !== undefined || window < SHORTEST) {
    throw new KopoKopoValidationError(
      `The window ${problem ?? `must be at least ${SHORTEST} ms`}.`,
    );
  }
  const from = instantOf(request.from)?.getTime() ?? Number.NaN;
  const to = instantOf(request.to)?.getTime() ?? Number.NaN;
  // Without a span there is one window, whose check tells what is wrong.
  const step = to > from ? window : Number.POSITIVE_INFINITY;
  let before = new Set<string>();
  for (let start = from; ; start += step) {
    const isLast = !(start + step < to);
    const polling = await read({
      ...request,
      from: start === from ? request.from : new Date(start),
      to: isLast ? request.to : new Date(start + step),
    });
    if (polling.status.toLowerCase() !== 'success') {
      throw new KopoKopoResponseError(
        `Kopo Kopo did not give the transactions: the request ended as "${polling.status}".`,
        { messages: polling.failures },
      );
    }
    const seen = new Set<string>();
    for (const transaction of polling.transactions) {
      const key = keyOf(transaction);
      if (!before.has(key) && !seen.has(key)) yield transaction;
      seen.add(key);
    }
    if (isLast) return;
    before = seen;
  }
}

/** One that was given back is listed as received and as reversed. */
function keyOf({ id, reference, status }: Transaction): string {
  return JSON.stringify([id ?? reference, status?.toLowerCase()]);
}
