import { mobileNumber } from './phone.fields.js';
import {
  membersOf,
  oneOf,
  optionalText,
  requiredText,
} from './request.fields.js';
import { refuse } from './request.refusal.js';
import type {
  JsonObject,
  ResourceRequest,
  SandboxResource,
} from './resource.types.js';

interface RecipientKind {
  /** Its name in an answer. */
  readonly name: string;
  /** Its fields; the values are what an answer says of them. */
  readonly read: (given: JsonObject, request: ResourceRequest) => JsonObject;
}

const KINDS: Readonly<Record<string, RecipientKind>> = {
  mobile_wallet: { name: 'Mobile Wallet', read: wallet },
  bank_account: { name: 'Bank Account', read: bankAccount },
  till: {
    name: 'Till',
    read: (given) => ({
      till_name: requiredText(given.till_name, 'Till name'),
      till_number: requiredText(given.till_number, 'Till number'),
    }),
  },
  paybill: {
    name: 'Paybill',
    read: (given) => ({
      paybill_name: requiredText(given.paybill_name, 'Paybill name'),
      paybill_number: requiredText(given.paybill_number, 'Paybill number'),
      paybill_account_number: requiredText(
        given.paybill_account_number,
        'Paybill account number',
      ),
    }),
  },
};

/** Whom a merchant may pay, version 2. @internal */
export const externalRecipient: SandboxResource = {
  path: 'external_recipients',
  versions: ['v2'],
  type: 'external_recipient',
  begin: (request) => recipientOf(request, 'external_recipient'),
  keyOf: (body) => identityOf(body, 'external_recipient'),
};

/** Whom a merchant may pay, version 1; one official client posts it to version 2. @internal */
export const payRecipient: SandboxResource = {
  path: 'pay_recipients',
  versions: ['v1', 'v2'],
  type: 'pay_recipient',
  begin: (request) => recipientOf(request, 'pay_recipient'),
  keyOf: (body) => identityOf(body, 'pay_recipient'),
};

// Unknown members are left alone: ruby's client leaks some.
function recipientOf(request: ResourceRequest, wrapper: string): JsonObject {
  const { body, earlier } = request;
  const type = oneOf(body.type, 'Type', Object.keys(KINDS));
  const given = membersOf(body[wrapper]);
  const { name, read } = KINDS[type];
  const fields = read(given, request);
  if (earlier(identityOf(body, wrapper)).length > 0) {
    refuse('Pay recipient could not be created');
  }
  return {
    recipient_type: name,
    account_alias: optionalText(given.nickname, 'Nickname'),
    status: 'Approved',
    ...fields,
    recipient_reference: 'Unavailable',
  };
}

function wallet(given: JsonObject, { version }: ResourceRequest): JsonObject {
  return {
    first_name: requiredText(given.first_name, 'First name'),
    last_name: requiredText(given.last_name, 'Last name'),
    ...(version === 'v1' || given.email
      ? { email: optionalText(given.email, 'Email') }
      : {}),
    phone_number: mobileNumber(given.phone_number, 'Phone number'),
    network: requiredText(given.network, 'Network'),
  };
}

function bankAccount(given: JsonObject): JsonObject {
  const fields = {
    account_name: requiredText(given.account_name, 'Account name'),
    account_number: requiredText(given.account_number, 'Account number'),
    bank_branch_ref: requiredText(given.bank_branch_ref, 'Bank branch ref'),
  };
  const method = optionalText(given.settlement_method, 'Settlement method');
  return method === null
    ? fields
    : {
        ...fields,
        settlement_method: oneOf(method, 'Settlement method', ['EFT', 'RTS']),
      };
}

const IDENTITY = [
  'phone_number',
  'account_number',
  'bank_branch_ref',
  'till_number',
  'paybill_number',
  'paybill_account_number',
];

// The same number or account under another name is the same recipient.
function identityOf(body: JsonObject, wrapper: string): string {
  const given = membersOf(body[wrapper]);
  return JSON.stringify([body.type, ...IDENTITY.map((field) => given[field])]);
}
