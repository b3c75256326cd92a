import type {
  SandboxDelivery,
  SandboxDeliveryFault,
  SandboxDeliveryFaultOptions,
  SandboxDeliveryWaitOptions,
} from './deliveries/sandbox-delivery.types.js';
import type {
  SandboxPayDetails,
  SandboxTransferDetails,
  SandboxTransferFailure,
} from './sandbox-move.types.js';
import type { SandboxWorld } from './sandbox.world.js';
import type {
  SandboxPayment,
  SandboxTransaction,
} from './transactions/sandbox-transaction.types.js';

/**
 * The moves of a test: payments and transfers of the application, and deliveries of the sandbox.
 * Every change of state happens at once; callbacks and webhooks are sent behind it: await `waitForDelivery`.
 *
 * @example
 * ```ts
 * await orders.askForPayment('A-17'); // your code creates an incoming payment
 * sandbox.pay(sandbox.created[0].id); // the customer pays
 * await sandbox.waitForDelivery(); // your app has answered the callback
 * ```
 *
 * @publicApi
 */
export abstract class SandboxPayments {
  readonly #world: SandboxWorld;

  /** @internal */
  protected constructor(world: SandboxWorld) {
    this.#world = world;
  }

  /** Every transaction until now, reversals included, in the order of their coming. */
  get transactions(): readonly SandboxTransaction[] {
    return this.#world.desk.ledger.all;
  }

  /**
   * The customer pays an incoming payment or a payment link, as it was asked for or with these details.
   *
   * @throws Error if nothing has this id, it is of another kind, or it has reached its end.
   */
  pay(id: string, details: SandboxPayDetails = {}): void {
    this.#world.desk.mover.move(id, 'pay', details);
  }

  /**
   * An incoming payment or a reversal fails. The message has a default that Kopo Kopo gives.
   *
   * @throws Error as `pay` does.
   */
  fail(id: string, message?: string): void {
    this.#world.desk.mover.move(id, 'fail', { message });
  }

  /**
   * A payout (send money, or a payment of version 1) or a settlement transfer reaches all its destinations.
   *
   * @throws Error as `pay` does.
   */
  transfer(id: string, details: SandboxTransferDetails = {}): void {
    this.#world.desk.mover.move(id, 'transfer', details);
  }

  /**
   * A payout or a settlement transfer reaches none of its destinations, or not those that are named.
   *
   * @throws Error as `pay` does.
   */
  failTransfer(
    id: string,
    message?: string,
    { destinations }: SandboxTransferFailure = {},
  ): void {
    const details = { message, destinations };
    this.#world.desk.mover.move(id, 'failTransfer', details);
  }

  /**
   * A reversal succeeds: its money goes back, as a transaction of its own.
   *
   * @throws Error as `pay` does.
   */
  reverse(id: string): void {
    this.#world.desk.mover.move(id, 'reverse');
  }

  /**
   * A payment link expires.
   *
   * @throws Error as `pay` does.
   */
  expire(id: string): void {
    this.#world.desk.mover.move(id, 'expire');
  }

  /**
   * A customer, or another till, pays to a till without having been asked: subscriptions are told.
   *
   * @throws Error if no application has the `clientId`.
   */
  receive(payment: SandboxPayment): SandboxTransaction {
    return this.#world.desk.receive(payment, this.#world.url);
  }

  /** Every callback and webhook until now, in the order of their coming; the list does not change afterwards. */
  get deliveries(): readonly SandboxDelivery[] {
    return this.#world.desk.office.deliveries;
  }

  /**
   * Resolves to the deliveries that have ended when there are so many of them in total.
   *
   * @throws Error after the timeout, or if the sandbox is stopped meanwhile.
   */
  waitForDelivery(
    options?: SandboxDeliveryWaitOptions,
  ): Promise<readonly SandboxDelivery[]> {
    return this.#world.desk.office.waitFor(options);
  }

  /** Lets something go wrong with the next delivery, or with the next `times` ones. */
  failNextDelivery(
    fault: SandboxDeliveryFault,
    options?: SandboxDeliveryFaultOptions,
  ): void {
    this.#world.desk.office.faults.push(fault, options);
  }

  /** Sends the deliveries that a fault holds. */
  releaseDeliveries(): void {
    this.#world.desk.office.release();
  }

  /**
   * Sends a delivery once more, with the same bytes and headers; a lost one is sent now.
   *
   * @throws Error if no delivery has this id.
   */
  redeliver(id: string): void {
    this.#world.desk.office.redeliver(id);
  }
}
