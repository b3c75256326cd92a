import { isoTime } from '../east-africa.time.js';
import { mpesaReference } from '../transactions/mpesa.reference.js';
import { transactionEvents } from '../transactions/transaction.events.js';
import type { LedgerTransaction } from '../transactions/transaction.ledger.js';
import { amountText } from '../transactions/transaction.wording.js';
import { linksOf, metadataOf, requiredText } from './request.fields.js';
import { refuse } from './request.refusal.js';
import type {
  JsonObject,
  ResourceRecord,
  ResourceRequest,
  SandboxResource,
} from './resource.types.js';

const LONGEST_MS = 30 * 24 * 60 * 60 * 1000;

/** Money that goes back to who paid it. @internal */
export const reversal: SandboxResource = {
  path: 'reversals',
  versions: ['v2'],
  type: 'reversals',
  callbackType: 'reversal',
  begin(request) {
    const { body } = request;
    const reference = requiredText(
      body.transaction_reference,
      'Transaction reference',
    );
    const reason = requiredText(body.reason, 'Reason');
    const attributes = {
      status: 'Scheduled',
      created_at: isoTime(request.at),
      transaction_reference: reference,
      reason,
      reversal_bulk_payment: null,
      errors: null,
      metadata: metadataOf(request),
      _links: linksOf(request),
    };
    refuseUnlessReversible(request, reference);
    return attributes;
  },
  keyOf: (body) => String(body.transaction_reference),
  moves: {
    reverse(record, { reference = mpesaReference() }) {
      const original = originalOf(record);
      const transaction = record.request.ledger.reverse(original);
      return {
        attributes: processed(record, {
          amount: amountText(original.amount),
          status: 'Transferred',
          origination_time: isoTime(transaction.at),
          transaction_reference: reference,
        }),
        events: transactionEvents(transaction),
      };
    },
    fail(record, { message = 'The balance is insufficient' }) {
      const bulkPayment = {
        amount: amountText(originalOf(record).amount),
        status: 'Cancelled',
        origination_time: isoTime(new Date()),
        transaction_reference: null,
      };
      return {
        attributes: { ...processed(record, bulkPayment), errors: [message] },
      };
    },
  },
  ends: { success: 'reverse', failure: 'fail' },
};

function processed(
  { attributes }: ResourceRecord,
  bulkPayment: JsonObject,
): JsonObject {
  return {
    ...attributes,
    status: 'Processed',
    reversal_bulk_payment: bulkPayment,
  };
}

// A reversal exists only beside its transaction.
function originalOf({
  request,
  attributes,
}: ResourceRecord): LedgerTransaction {
  const { ledger, application } = request;
  const reference = String(attributes.transaction_reference);
  return ledger.find(application.clientId, reference) as LedgerTransaction;
}

function refuseUnlessReversible(
  { ledger, application, at, earlier }: ResourceRequest,
  reference: string,
): void {
  const original = ledger.find(application.clientId, reference);
  if (!original || at.getTime() - original.at.getTime() > LONGEST_MS) {
    refuse('Transaction reference invalid');
  }
  const underWay = earlier(reference).some(({ final }) => !final);
  if (underWay || ledger.isReversed(original)) {
    refuse(['You cannot reverse a transaction in a reversal state']);
  }
}
