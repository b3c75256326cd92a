import { createHash } from 'node:crypto';
import { compactTime, isoSeconds } from '../east-africa.time.js';
import type { SandboxTransaction } from './sandbox-transaction.types.js';

/** Shillings as text with one decimal at least: `150.0`. @internal */
export function amountText(shillings: number): string {
  return Number.isInteger(shillings) ? shillings.toFixed(1) : String(shillings);
}

/** `event.type` of a transaction, also in the history. @internal */
export function transactionType(transaction: SandboxTransaction): string {
  if (transaction.sendingTill === undefined) {
    return 'Buygoods Transaction';
  }
  return transaction.status === 'Reversed'
    ? 'External Till To Till Reversal Transaction'
    : 'External Till to Till Transaction';
}

/** `event.resource` of a transaction, also in the history and in a paid incoming payment. @internal */
export function transactionResource(
  transaction: SandboxTransaction,
): Record<string, unknown> {
  const { id, reference, at, amount, currency, tillNumber, status } =
    transaction;
  const common = {
    id,
    reference,
    origination_time: isoSeconds(at),
    amount: amountText(amount),
    currency,
    till_number: tillNumber,
    system: systemOf(transaction),
    status,
  };
  return transaction.sendingTill === undefined
    ? { ...common, ...sender(transaction) }
    : { ...common, sending_till: transaction.sendingTill };
}

/** What Safaricom's C2B confirmation looks like, as Kopo Kopo sends it on. @internal */
export function darajaTransaction(
  transaction: SandboxTransaction,
): Record<string, unknown> {
  const { sendingTill, reference, at, amount, tillNumber } = transaction;
  const customer = sendingTill === undefined;
  return {
    TransactionType: customer
      ? 'Buygoods'
      : 'Organization To Organization Transfer',
    TransID: reference,
    TransTime: compactTime(at),
    TransAmount: amountText(amount),
    BusinessShortCode: tillNumber,
    BillRefNumber: '',
    InvoiceNumber: '',
    OrgAccountBalance: '',
    ThirdPartyTransId: '',
    MSISDN: customer ? phoneHash(transaction, 'base64') : sendingTill,
    FirstName: transaction.firstName,
    MiddleName: customer ? transaction.middleName : null,
    LastName: customer ? transaction.lastName : null,
  };
}

function sender(transaction: SandboxTransaction): Record<string, unknown> {
  return {
    sender_phone_number: transaction.phoneNumber,
    hashed_sender_phone: phoneHash(transaction, 'hex'),
    sender_first_name: transaction.firstName,
    sender_middle_name: transaction.middleName,
    sender_last_name: transaction.lastName,
  };
}

// Kopo Kopo's own spellings.
function systemOf({ sendingTill, status }: SandboxTransaction): string {
  if (status !== 'Reversed') {
    return 'Lipa Na M-PESA';
  }
  return sendingTill === undefined ? 'Lipa Na Mpesa' : 'M-PESA';
}

function phoneHash(
  { phoneNumber }: SandboxTransaction,
  encoding: 'hex' | 'base64',
): string {
  const digits = phoneNumber.replace('+', '');
  return createHash('sha256').update(digits).digest(encoding);
}
