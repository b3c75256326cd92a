import type { WebhookEvent } from '../deliveries/webhook-event.types.js';
import type { LedgerTransaction } from './transaction.ledger.js';
import {
  darajaTransaction,
  transactionResource,
  transactionType,
} from './transaction.wording.js';

/** What webhooks tell of a transaction. @internal */
export function transactionEvents(
  transaction: LedgerTransaction,
): WebhookEvent[] {
  const { id, tillNumber, status, sendingTill } = transaction;
  const reversed = status === 'Reversed';
  const family =
    sendingTill === undefined ? 'buygoods_transaction' : 'b2b_transaction';
  const event: WebhookEvent = {
    topic: `${family}_${reversed ? 'reversed' : 'received'}`,
    tillNumber,
    about: id,
    type: transactionType(transaction),
    resource: transactionResource(transaction),
    path: `/financial_transaction/${id}`,
    ...(reversed ? {} : { daraja: darajaTransaction(transaction) }),
  };
  const customer = sendingTill === undefined && transaction.newCustomer;
  return customer ? [event, customerCreated(transaction)] : [event];
}

// The resource of this event has no id.
function customerCreated(transaction: LedgerTransaction): WebhookEvent {
  return {
    topic: 'customer_created',
    about: transaction.id,
    type: 'Customer Created',
    resource: {
      first_name: transaction.firstName,
      middle_name: transaction.middleName,
      last_name: transaction.lastName,
      phone_number: transaction.phoneNumber,
    },
    path: `/mobile_money_user/${transaction.id}`,
  };
}
