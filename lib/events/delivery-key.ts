import type { ResourceAnswer } from '../api/answer/resource-answer.js';
import type { TransferBatch } from '../api/send-money/disbursement.answer.js';
import type { Transaction } from '../api/transactions/transaction.answer.js';
import { shortHash } from '../values/short-hash.js';

/** The fields of answers that tell what has moved; an answer has some of them. */
interface Moved {
  transaction?: Transaction;
  transferBatches?: readonly TransferBatch[];
  linkStatus?: string;
  transferStatus?: string;
  transactionReference?: string;
  reversalReference?: string;
}

/**
 * The key of a result: its type, its id, its state and what has moved. Blanks, the order of keys, of batches
 * and of disbursements make no difference; a further disbursement does.
 *
 * @internal
 */
export function resultKey(
  type: string,
  { id, status, ...answer }: ResourceAnswer & Moved,
): string {
  const parts = [
    status.trim().toLowerCase(),
    answer.transaction?.reference ?? '',
    answer.linkStatus ?? '',
    (answer.transferStatus ?? '').toLowerCase(),
    answer.transactionReference ?? '',
    answer.reversalReference ?? '',
    ...disbursements(answer.transferBatches ?? []),
  ];
  return `result:${type}:${id}:${shortHash(JSON.stringify(parts))}`;
}

function disbursements(batches: readonly TransferBatch[]): string[] {
  return batches
    .flatMap((batch) => [
      { ...batch, isBatch: true as const },
      ...batch.disbursements.map((one) => ({
        ...one,
        isBatch: false as const,
      })),
    ])
    .map((one) =>
      JSON.stringify([
        one.isBatch,
        one.status?.toLowerCase(),
        one.amount?.cents,
        ...(one.isBatch
          ? []
          : [one.destinationReference, one.transactionReference]),
      ]),
    )
    .toSorted();
}
