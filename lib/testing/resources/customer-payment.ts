import type { LedgerTransaction } from '../transactions/transaction.ledger.js';
import type { MoveDetails, ResourceRecord } from './resource.types.js';

/** What was asked for, and of whom. @internal */
export interface AskedPayment {
  readonly tillNumber: string;
  readonly amount: number;
  readonly phoneNumber?: string | undefined;
  readonly firstName?: string | undefined;
  readonly middleName?: string | undefined;
  readonly lastName?: string | undefined;
}

/** The customer pays what was asked for, except for what the test says otherwise. @internal */
export function customerPays(
  { request: { ledger, application } }: ResourceRecord,
  asked: AskedPayment,
  details: MoveDetails,
): LedgerTransaction {
  return ledger.receive({
    clientId: application.clientId,
    tillNumber: asked.tillNumber,
    amount: details.amount ?? asked.amount,
    phoneNumber: details.phoneNumber ?? asked.phoneNumber,
    firstName: details.firstName ?? asked.firstName,
    middleName: details.middleName ?? asked.middleName,
    lastName: details.lastName ?? asked.lastName,
    reference: details.reference,
  });
}
