import { RequestClient } from '../resource/request.client.js';
import type { Transaction } from '../transactions/transaction.answer.js';
import type { Polling } from './polling.answer.js';
import type { PollingRequest } from './polling.request.js';
import {
  readHistory,
  type TransactionHistoryRequest,
} from './transaction-history.js';

/** The history of what came in. @publicApi */
export class PollingClient extends RequestClient<PollingRequest, Polling> {
  /**
   * All transactions of a time, each once, read window by window while you iterate.
   *
   * @example
   * ```ts
   * for await (const transaction of client.polling.transactions({ scope: 'company', from, to, callbackUrl })) {
   *   console.log(transaction.reference, transaction.amount?.value);
   * }
   * ```
   * @throws KopoKopoValidationError at the first step; nothing was sent
   * @throws KopoKopoError when a window can't be read; all before it were told
   */
  transactions(
    request: TransactionHistoryRequest,
  ): AsyncGenerator<Transaction, void, undefined> {
    const { timeout, signal } = { ...request };
    return readHistory({ ...request }, async (window) => {
      const reference = await this.create(window, { signal });
      return this.waitUntilFinal(reference, { timeout, signal });
    });
  }
}
