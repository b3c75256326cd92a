import { isoTime } from '../east-africa.time.js';
import { transactionEvents } from '../transactions/transaction.events.js';
import { transactionResource } from '../transactions/transaction.wording.js';
import { customerPays } from './customer-payment.js';
import type { AskedPayment } from './customer-payment.js';
import { mobileNumber } from './phone.fields.js';
import {
  kenyanShillings,
  linksOf,
  membersOf,
  metadataOf,
  requiredText,
  wholeShillings,
} from './request.fields.js';
import { refuse } from './request.refusal.js';
import type {
  JsonObject,
  ResourceRecord,
  ResourceRequest,
  SandboxResource,
} from './resource.types.js';
import { ownTill } from './till.fields.js';

const NO_MONEY = 'The balance is insufficient for the transaction';
const RINGS_MS = 2 * 60 * 1000;
// Also the spellings of older official clients.
const CHANNEL = /^M-?PESA( STK PUSH)?$/i;

/** A request for payment that makes a customer's phone ring. @internal */
export const incomingPayment: SandboxResource = {
  path: 'incoming_payments',
  versions: ['v1', 'v2'],
  type: 'incoming_payment',
  begin(request) {
    const { body } = request;
    if (!CHANNEL.test(requiredText(body.payment_channel, 'Payment channel'))) {
      refuse('Payment channel is invalid');
    }
    ownTill(body.till_number, request);
    const phoneNumber = subscriberNumber(body);
    const { currency, value } = membersOf(body.amount);
    wholeShillings(value, 'Amount');
    kenyanShillings(currency);
    const metadata = metadataOf(request);
    const links = linksOf(request);
    refuseSecondRequest(request, phoneNumber);
    return {
      initiation_time: isoTime(request.at),
      status: 'Pending',
      event: eventOf(null, null),
      metadata,
      _links: links,
    };
  },
  keyOf: subscriberNumber,
  moves: {
    pay(record, details) {
      const transaction = customerPays(record, askedBy(record), details);
      const event = eventOf(transactionResource(transaction), null);
      return {
        attributes: { ...record.attributes, status: 'Success', event },
        events: transactionEvents(transaction),
      };
    },
    fail(record, { message = NO_MONEY }) {
      const event = eventOf(null, message);
      return { attributes: { ...record.attributes, status: 'Failed', event } };
    },
  },
  ends: { success: 'pay', failure: 'fail' },
};

// In production and in Kopo Kopo's own sandbox the reason is text, not a list.
function eventOf(
  resource: JsonObject | null,
  errors: string | null,
): JsonObject {
  return { type: 'Incoming Payment Request', resource, errors };
}

function askedBy({ request: { body } }: ResourceRecord): AskedPayment {
  const subscriber = membersOf(body.subscriber);
  const nameOf = (value: unknown): string | undefined =>
    typeof value === 'string' && value !== '' ? value : undefined;
  return {
    tillNumber: String(body.till_number),
    amount: Number(membersOf(body.amount).value),
    phoneNumber: subscriberNumber(body),
    firstName: nameOf(subscriber.first_name),
    middleName: nameOf(subscriber.middle_name),
    lastName: nameOf(subscriber.last_name),
  };
}

function subscriberNumber({ subscriber }: JsonObject): string {
  return mobileNumber(
    membersOf(subscriber).phone_number,
    'Subscriber phone number',
  );
}

// The phone still rings for the first one; after two minutes nobody answers it any more.
function refuseSecondRequest(
  { earlier, at }: ResourceRequest,
  phone: string,
): void {
  const rings = earlier(phone).some(
    ({ final, request }) =>
      !final && at.getTime() - request.at.getTime() < RINGS_MS,
  );
  if (rings) {
    refuse('There is a pending request for this phone number', 429);
  }
}
