import type { Logger } from '@nestjs/common';
import { laterThanTurn } from '../time/later-than-turn.js';
import type { Timers } from '../time/timers.js';
import type { DeliveryHandler } from './delivery-handlers.js';
import type { DeliveryClaim } from './delivery.claim.js';
import { LEASE } from './ledger-record.js';
import type { DispatchResult } from './delivery.receipt.js';
import type { KopoKopoDelivery } from './delivery.types.js';
import { isDrop } from './drop-delivery.error.js';
import { failureText } from './failure-text.js';

/** A delivery and the handlers to call for it. @internal */
export interface HandlerTask {
  delivery: KopoKopoDelivery;
  handlers: readonly DeliveryHandler[];
  claim: DeliveryClaim;
  /** Milliseconds after which they are given up. */
  longest: number;
}

/**
 * One call of the handlers that have not succeeded yet, at once; the claim is renewed meanwhile.
 *
 * @internal
 */
export class HandlerRun {
  constructor(
    private readonly task: HandlerTask,
    private readonly logger: Logger,
    private readonly timers: Timers,
  ) {}

  /** Never rejects. */
  async toEnd(): Promise<DispatchResult> {
    const { handlers, claim, delivery } = this.task;
    const cancelRenewal = this.renewing();
    const due = handlers.filter(({ id }) => !claim.hasHandled(id));
    const ends = await Promise.all(
      due.map((one) => this.withinLongest(one)),
    ).finally(cancelRenewal);
    const hasSucceeded = ends.every(Boolean);
    await this.recorded(() => claim.end());
    if (hasSucceeded) this.logger.debug(`${delivery.key} was handled.`);
    return hasSucceeded ? 'handled' : 'failed';
  }

  private async withinLongest(handler: DeliveryHandler): Promise<boolean> {
    const { delivery, longest } = this.task;
    let cancel = (): void => {};
    const givenUp = new Promise<boolean>((resolve) => {
      cancel = laterThanTurn(this.timers, longest, () => {
        this.logger.error(
          `${handler.id} took longer than ${longest} ms for ${delivery.key} and is given up.`,
        );
        resolve(false);
      });
    });
    try {
      return await Promise.race([this.call(handler), givenUp]);
    } finally {
      cancel();
    }
  }

  /** Has it succeeded? */
  private async call(handler: DeliveryHandler): Promise<boolean> {
    const { delivery, claim } = this.task;
    try {
      await handler.call(delivery);
    } catch (error) {
      const text = failureText(error, delivery);
      if (!isDrop(error)) {
        this.logger.error(`${handler.id} failed for ${delivery.key}: ${text}`);
        return false;
      }
      this.logger.warn(`${handler.id} drops ${delivery.key}: ${text}`);
    }
    claim.succeeded(handler.id);
    return true;
  }

  private renewing(): () => void {
    const { claim } = this.task;
    let cancel = (): void => {};
    const again = (): void => {
      cancel = laterThanTurn(this.timers, LEASE / 3, () => {
        void this.recorded(() => claim.renew());
        again();
      });
    };
    again();
    return () => cancel();
  }

  /** A store that is away loses a mark, and nothing else: it may be handled once more. */
  private async recorded(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch {
      this.logger.warn(
        `The store did not take the mark of ${this.task.delivery.key}: if it is delivered again, it is handled again.`,
      );
    }
  }
}
