import type { PollingClient } from '../../api/polling/polling.client.js';
import type { TransactionHistoryRequest } from '../../api/polling/transaction-history.js';
import type { ResourceCallOptions } from '../../api/resource/resource.client.js';
import type { ResourceReference } from '../../api/resource/resource-reference.js';
import { KopoKopoValidationError } from '../../errors/validation.error.js';
import type { ResultsByType } from '../delivery.types.js';
import { partsOf } from './open-end.js';
import type { OpenEnds } from './open-ends.js';
import type { PolledTransactions } from './polled-transactions.js';
import type { ResultReader } from './result.reader.js';

/**
 * A request whose end no handler has handled.
 *
 * @publicApi
 */
export interface PendingResult {
  /** Kopo Kopo's word for its kind. */
  readonly type: string;
  /** Its id; absent where the answer to the request was lost. */
  readonly id?: string;
  /** When it was asked for. */
  readonly since: Date;
  /** When it is looked at next; absent without an id. */
  readonly nextCheck?: Date;
}

/** What `reconcile` found. @publicApi */
export interface Reconciliation {
  /** Transactions that Kopo Kopo told of. */
  readonly transactions: number;
  /** Those that no delivery had brought, and that handlers have handled now. */
  readonly handled: number;
  /** Those that were handled before. */
  readonly repeated: number;
  /** Those of which a handler failed, or is at it: reconcile the same time again. */
  readonly failed: number;
  /** Those that no handler hears. */
  readonly unheard: number;
}

/**
 * The requests of this account and their ends: results that no callback brought, and transactions that no webhook
 * told of.
 *
 * @publicApi
 */
export class KopoKopoResults {
  /** @internal */
  constructor(
    private readonly ends: OpenEnds,
    private readonly reader: ResultReader,
    private readonly polling: PollingClient,
    private readonly polled: PolledTransactions,
  ) {}

  /**
   * Requests whose end was not handled yet, the oldest first; those of all processes on the same `store`.
   *
   * @throws Error of the store, where it is out of reach
   */
  async pending(): Promise<readonly PendingResult[]> {
    const shards = await Promise.all(
      this.ends.shards.map((shard) => shard.read()),
    );
    return shards
      .flatMap(({ document }) => Object.entries(document.ends))
      .toSorted(([, one], [, other]) => one.since - other.since)
      .map(([key, { since, next }]) => {
        const parts = partsOf(key);
        return Object.freeze({
          ...parts,
          since: new Date(since),
          ...(parts.id !== undefined && { nextCheck: new Date(next) }),
        });
      });
  }

  /**
   * Looks at a request now. Where it has ended, its handlers are called, once, with `source: 'check'`.
   *
   * @param target what `create` gave, or what `pending` tells with an id
   * @returns the request as it is now
   * @throws KopoKopoValidationError where it is none of these
   * @throws KopoKopoError where it can't be looked at
   */
  async check(
    target: Pick<ResourceReference, 'id' | 'type'>,
    options: ResourceCallOptions = {},
  ): Promise<ResultsByType[keyof ResultsByType]> {
    const { id, type } = { ...(target as Partial<ResourceReference> | null) };
    if (typeof id !== 'string' || typeof type !== 'string' || !id || !type) {
      throw new KopoKopoValidationError(
        'Pass the reference that create gave, or one of pending() that has an id.',
      );
    }
    const { timeout, signal } = { ...options };
    const { event } = await this.reader.checked(type, id, { timeout, signal });
    return event;
  }

  /**
   * Reads the transactions of a time and has those handled that no delivery brought, as webhooks with
   * `source: 'polling'`. It asks Kopo Kopo for one list a day of that time, so call it for a few days at most,
   * from a job or by hand.
   *
   * @throws KopoKopoValidationError before anything is asked for
   * @throws KopoKopoError when a part of the time can't be read; what came before was handled
   */
  async reconcile(request: TransactionHistoryRequest): Promise<Reconciliation> {
    const found = { handled: 0, repeated: 0, failed: 0, unheard: 0 };
    let transactions = 0;
    for await (const transaction of this.polling.transactions(request)) {
      transactions += 1;
      const fate = await this.polled.handle(transaction);
      if (fate === 'handled' || fate === 'repeated' || fate === 'unheard') {
        found[fate] += 1;
      } else found.failed += 1;
    }
    return Object.freeze({ transactions, ...found });
  }
}
