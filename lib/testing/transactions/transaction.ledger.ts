import { randomUUID } from 'node:crypto';
import { mpesaReference } from './mpesa.reference.js';
import type {
  SandboxPayment,
  SandboxTransaction,
} from './sandbox-transaction.types.js';

/** A transaction with its owner. @internal */
export interface LedgerTransaction extends SandboxTransaction {
  readonly clientId: string;
  /** Whether this number had paid the application nothing before. */
  readonly newCustomer: boolean;
}

/** Which transactions are asked for; both ends of the time belong to it. @internal */
export interface TransactionWindow {
  readonly from: Date;
  readonly to: Date;
  /** Every till without it. */
  readonly tillNumber?: string | undefined;
}

/** Every transaction of every application, in the order of its coming. @internal */
export class TransactionLedger {
  readonly #transactions: LedgerTransaction[] = [];

  receive(payment: SandboxPayment & { clientId: string }): LedgerTransaction {
    const phoneNumber = payment.phoneNumber ?? '+254712345678';
    return this.#add({
      id: randomUUID(),
      reference: payment.reference ?? mpesaReference(),
      status: payment.sendingTill === undefined ? 'Received' : 'Complete',
      amount: payment.amount,
      currency: 'KES',
      tillNumber: payment.tillNumber,
      phoneNumber,
      firstName: payment.firstName ?? 'Ana',
      middleName: payment.middleName ?? null,
      lastName: payment.lastName ?? 'Buyer',
      sendingTill: payment.sendingTill,
      at: payment.at ?? new Date(),
      clientId: payment.clientId,
      newCustomer: this.#isNew(payment.clientId, phoneNumber),
    });
  }

  /** Adds the reversal of a transaction beside it. */
  reverse(original: LedgerTransaction): LedgerTransaction {
    return this.#add({
      ...original,
      id: randomUUID(),
      status: 'Reversed',
      at: new Date(),
      newCustomer: false,
    });
  }

  /** What came in under this M-PESA code; a reversal is not meant. */
  find(clientId: string, reference: string): LedgerTransaction | undefined {
    return this.of(clientId).find(
      (one) => one.reference === reference && one.status !== 'Reversed',
    );
  }

  isReversed({ clientId, reference }: LedgerTransaction): boolean {
    return this.of(clientId).some(
      (one) => one.reference === reference && one.status === 'Reversed',
    );
  }

  /** Sorted by time. */
  within(
    clientId: string,
    { from, to, tillNumber }: TransactionWindow,
  ): LedgerTransaction[] {
    return this.of(clientId)
      .filter(({ at }) => at >= from && at <= to)
      .filter((one) => (tillNumber ?? one.tillNumber) === one.tillNumber)
      .toSorted((a, b) => a.at.getTime() - b.at.getTime());
  }

  of(clientId: string): LedgerTransaction[] {
    return this.#transactions.filter((one) => one.clientId === clientId);
  }

  get all(): readonly SandboxTransaction[] {
    return [...this.#transactions];
  }

  clear(): void {
    this.#transactions.length = 0;
  }

  #isNew(clientId: string, phoneNumber: string): boolean {
    return !this.of(clientId).some((one) => one.phoneNumber === phoneNumber);
  }

  #add(transaction: LedgerTransaction): LedgerTransaction {
    this.#transactions.push(Object.freeze(transaction));
    return transaction;
  }
}
