import { isoTime } from '../east-africa.time.js';
import {
  kenyanShillings,
  linksOf,
  membersOf,
  metadataOf,
  oneOf,
  requiredText,
  wholeShillings,
} from './request.fields.js';
import type {
  MoveDetails,
  MoveResult,
  ResourceRecord,
  SandboxResource,
} from './resource.types.js';
import { v1BatchOf } from './v1-transfer.batches.js';

const DESTINATIONS: Readonly<Record<string, string>> = {
  mobile_wallet: 'Mobile Wallet',
  bank_account: 'Bank Account',
  till: 'Till',
  paybill: 'Paybill',
  kopo_kopo_merchant: 'Kopo Kopo Merchant',
};

/** A payout of version 1 ("Pay"). @internal */
export const payment: SandboxResource = {
  path: 'payments',
  versions: ['v1'],
  type: 'payment',
  begin(request) {
    const { body } = request;
    const types = Object.keys(DESTINATIONS);
    oneOf(body.destination_type, 'Destination type', types);
    requiredText(body.destination_reference, 'Destination reference');
    const { currency, value } = membersOf(body.amount);
    const shillings = wholeShillings(value, 'Amount');
    const amount = { currency: kenyanShillings(currency), value: shillings };
    requiredText(body.description, 'Description');
    return {
      status: 'Scheduled',
      created_at: isoTime(request.at),
      amount,
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

function processed(
  { attributes, request: { body } }: ResourceRecord,
  details: MoveDetails,
  failure?: string,
): MoveResult {
  const transfer = {
    destinationType: DESTINATIONS[String(body.destination_type)],
    destinationReference: String(body.destination_reference),
    amount: Number(membersOf(attributes.amount).value),
  };
  return {
    attributes: {
      ...attributes,
      status: 'Processed',
      transfer_batches: [v1BatchOf(transfer, details, failure)],
    },
  };
}
