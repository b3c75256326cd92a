import { randomUUID } from 'node:crypto';
import { isoTime } from '../east-africa.time.js';
import { transactionEvents } from '../transactions/transaction.events.js';
import { customerPays } from './customer-payment.js';
import {
  kenyanShillings,
  linksOf,
  membersOf,
  metadataOf,
  optionalText,
  wholeShillings,
} from './request.fields.js';
import type {
  JsonObject,
  MoveResult,
  ResourceRecord,
  SandboxResource,
} from './resource.types.js';
import { ownTill } from './till.fields.js';

const LIFE_MS = 7 * 24 * 60 * 60 * 1000;

/** A page on which somebody pays. @internal */
export const paymentLink: SandboxResource = {
  path: 'payment_links',
  versions: ['v2'],
  type: 'payment_link',
  begin(request) {
    const { body, at, origin } = request;
    return {
      status: 'Processed',
      created_at: isoTime(at),
      till_name: 'Duka',
      till_number: ownTill(body.till_number, request),
      payment_reference: optionalText(
        body.payment_reference,
        'Payment reference',
      ),
      currency: kenyanShillings(body.currency),
      amount: wholeShillings(body.amount, 'Amount'),
      note: optionalText(body.note, 'Note'),
      errors: null,
      metadata: metadataOf(request) ?? {},
      _links: linksOf(request),
      payment_link: {
        payment_link_status: 'active',
        expires_at: isoTime(new Date(at.getTime() + LIFE_MS)),
        initiator_name: 'Ana',
        link: `${origin}/links/${randomUUID()}`,
      },
    };
  },
  moves: {
    pay(record, details) {
      const { till_number: till, amount } = record.attributes;
      const transaction = customerPays(
        record,
        { tillNumber: String(till), amount: Number(amount) },
        details,
      );
      const { expires_at, link } = linkOf(record);
      return {
        ...withLink(record, {
          status: 'Paid',
          expires_at,
          link,
          transaction_reference: transaction.reference,
          sender_phone_number: Number(transaction.phoneNumber.replace('+', '')),
          origination_time: isoTime(transaction.at),
        }),
        events: transactionEvents(transaction),
      };
    },
    cancel: (record) => ended(record, 'cancelled'),
    expire: (record) => ended(record, 'expired'),
  },
  ends: { success: 'pay', failure: 'expire' },
};

function linkOf({ attributes }: ResourceRecord): JsonObject {
  return membersOf(attributes.payment_link);
}

function ended(record: ResourceRecord, status: string): MoveResult {
  return withLink(record, { ...linkOf(record), payment_link_status: status });
}

function withLink(
  { attributes }: ResourceRecord,
  link: JsonObject,
): MoveResult {
  return { attributes: { ...attributes, payment_link: link } };
}
