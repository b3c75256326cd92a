import { payoutNumber } from './phone.fields.js';
import {
  membersOf,
  oneOf,
  optionalText,
  requiredText,
  wholeShillings,
} from './request.fields.js';
import { refuse, refuseWithErrors } from './request.refusal.js';
import type { JsonObject } from './resource.types.js';

const LIMITS = 'Transfer amount must be between KSh 10.00 and KSh 250,000.00';

type FieldReader = (value: unknown) => unknown;

/** The fields that tell one kind of destination from another. */
const KINDS: Readonly<Record<string, Readonly<Record<string, FieldReader>>>> = {
  mobile_wallet: {
    phone_number: payoutNumber,
    network: (value) => requiredText(value, 'Network'),
  },
  bank_account: {
    bank_branch_ref: (value) => requiredText(value, 'Bank branch ref'),
    account_name: (value) => requiredText(value, 'Account name'),
    account_number: (value) => requiredText(value, 'Account number'),
  },
  till: { till_number: (value) => requiredText(value, 'Till number') },
  paybill: {
    paybill_number: (value) => requiredText(value, 'Paybill number'),
    paybill_account_number: (value) =>
      requiredText(value, 'Paybill account number'),
  },
  merchant_wallet: { reference: (value) => requiredText(value, 'Reference') },
  merchant_bank_account: {
    reference: (value) => requiredText(value, 'Reference'),
  },
};

/** The destinations of a payout as its answer lists them; null sweeps the balance. @internal */
export function destinationsOf(value: unknown): readonly JsonObject[] | null {
  if (value === undefined || value === null) {
    return null;
  }
  if (!Array.isArray(value)) {
    refuse('Destinations is invalid');
  }
  return value.length === 0 ? null : value.map(destinationOf);
}

/** The fields by which a result tells what kind of destination it had. @internal */
export function kindFieldsOf(destination: JsonObject): JsonObject {
  const names = Object.keys(KINDS[String(destination.type)]);
  return Object.fromEntries(names.map((name) => [name, destination[name]]));
}

/** Whether a destination is an account of the merchant's own. @internal */
export function isOwnAccount({ type }: JsonObject): boolean {
  return String(type).startsWith('merchant_');
}

function destinationOf(value: unknown): JsonObject {
  const given = membersOf(value);
  const type = oneOf(given.type, 'Destination type', Object.keys(KINDS));
  const amount = payoutAmount(given.amount);
  const fields = Object.entries(KINDS[type]).map(([name, read]) => [
    name,
    read(given[name]),
  ]);
  const description = isOwnAccount({ type })
    ? optionalText(given.description, 'Description')
    : requiredText(given.description, 'Description');
  return {
    type,
    amount,
    nickname: optionalText(given.nickname, 'Nickname'),
    favourite: given.favourite === true,
    description,
    ...Object.fromEntries(fields),
  };
}

function payoutAmount(value: unknown): number {
  const shillings = Number(requiredText(value, 'Amount'));
  if (shillings < 10 || shillings > 250_000) {
    refuseWithErrors(LIMITS);
  }
  return wholeShillings(value, 'Amount');
}
