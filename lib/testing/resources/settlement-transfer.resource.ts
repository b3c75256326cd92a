import { isoTime } from '../east-africa.time.js';
import {
  isBlank,
  kenyanShillings,
  linksOf,
  membersOf,
  metadataOf,
  oneOf,
  requiredText,
  wholeShillings,
} from './request.fields.js';
import type {
  JsonObject,
  MoveDetails,
  MoveResult,
  ResourceRecord,
  SandboxResource,
} from './resource.types.js';
import { settlementCompleted } from './settlement.event.js';
import { v1BatchOf } from './v1-transfer.batches.js';

/** What a blind transfer moves where the test names no amount. */
const BALANCE = 1000;
const ACCOUNTS = ['merchant_bank_account', 'merchant_wallet'];

/** A transfer of version 1 to an account of the merchant's own; a blind one moves the whole balance. @internal */
export const settlementTransfer: SandboxResource = {
  path: 'settlement_transfers',
  versions: ['v1'],
  type: 'settlement_transfer',
  begin(request) {
    const { body } = request;
    return {
      status: 'Scheduled',
      created_at: isoTime(request.at),
      amount: isBlind(body) ? { currency: 'KES', value: null } : target(body),
      transfer_batches: [],
      metadata: metadataOf(request),
      _links: linksOf(request),
    };
  },
  moves: {
    transfer: (record, details) => processed(record, details),
    failTransfer: (record, details) =>
      processed(
        record,
        details,
        details.message ?? 'The transfer was declined',
      ),
  },
  ends: { success: 'transfer', failure: 'failTransfer' },
};

// Official clients send nothing, an empty amount, or nulls.
function isBlind(body: JsonObject): boolean {
  const { currency, value } = membersOf(body.amount);
  return [
    currency,
    value,
    body.destination_type,
    body.destination_reference,
  ].every(isBlank);
}

function target(body: JsonObject): JsonObject {
  oneOf(body.destination_type, 'Destination type', ACCOUNTS);
  requiredText(body.destination_reference, 'Destination reference');
  const { currency, value } = membersOf(body.amount);
  const shillings = wholeShillings(value, 'Amount');
  return { currency: kenyanShillings(currency), value: shillings };
}

function processed(
  { attributes, request: { body } }: ResourceRecord,
  details: MoveDetails,
  failure?: string,
): MoveResult {
  const { value } = membersOf(attributes.amount);
  const reference = body.destination_reference;
  const transfer = {
    destinationType: String(body.destination_type ?? ACCOUNTS[0]),
    destinationReference: isBlank(reference) ? null : String(reference),
    amount: value === null ? (details.amount ?? BALANCE) : Number(value),
  };
  const batch = v1BatchOf(transfer, details, failure);
  return {
    attributes: {
      ...attributes,
      status: 'Processed',
      transfer_batches: [batch],
    },
    events: failure === undefined ? [settlementCompleted(batch)] : [],
  };
}
