import { FAILED_WORDS, isWord } from '../answer/answer-parts.js';
import type { Disbursement, TransferBatch } from './disbursement.answer.js';

/** What the batches of a transfer say together. @internal */
export interface TransferState {
  isFinal: boolean;
  isTransferred: boolean;
  failures: readonly string[];
}

/**
 * `Processed` says only that Kopo Kopo has handled the request: money has moved where every disbursement
 * is `Transferred`, and there are as many of them as destinations (API page, §8). A word that is not
 * known leaves it open.
 *
 * @internal
 */
export function transferState(
  status: string,
  batches: readonly TransferBatch[],
  { own, expected }: { own: string[]; expected: number },
): TransferState {
  const all = batches.flatMap(({ disbursements }) => disbursements);
  const isHandled = isWord(status, 'processed', 'transferred');
  const isComplete = all.length > 0 && all.length >= expected;
  const isTransferred =
    isHandled && isComplete && all.every((one) => one.isTransferred);
  const isRefused =
    isWord(status, ...FAILED_WORDS) ||
    (isHandled && own.length > 0 && all.length === 0);
  return {
    isTransferred,
    isFinal:
      isTransferred ||
      isRefused ||
      (isHandled && isComplete && all.every(isSettled)),
    failures: Object.freeze([...own, ...all.flatMap((one) => one.failures)]),
  };
}

function isSettled({ isTransferred, status, failures }: Disbursement): boolean {
  return (
    isTransferred || failures.length > 0 || isWord(status, ...FAILED_WORDS)
  );
}
