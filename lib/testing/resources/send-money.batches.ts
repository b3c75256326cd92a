import { randomUUID } from 'node:crypto';
import { isoTime } from '../east-africa.time.js';
import { mpesaReference } from '../transactions/mpesa.reference.js';
import { amountText } from '../transactions/transaction.wording.js';
import type { Disbursement, TransferBatch } from './disbursement.types.js';
import type { JsonObject, MoveDetails } from './resource.types.js';
import { kindFieldsOf } from './send-money.destinations.js';

/** What a sweep moves where the test names no amount. */
const BALANCE = 1000;

/** The batch of one destination: transferred, or failed for a reason. @internal */
export function batchOf(
  destination: JsonObject,
  failure: string | undefined,
  reference: string = mpesaReference(),
): TransferBatch {
  const { type, nickname, favourite } = destination;
  // A bank gives no M-PESA code.
  const code = type === 'bank_account' ? null : reference;
  const disbursement: Disbursement = {
    amount: amountText(Number(destination.amount)),
    status: failure === undefined ? 'Transferred' : 'Failed',
    errors: failure === undefined ? null : [failure],
    nickname,
    favourite,
    ...kindFieldsOf(destination),
    destination_type: String(type),
    origination_time: isoTime(new Date()),
    destination_reference: String(destination.reference ?? randomUUID()),
    transaction_reference: failure === undefined ? code : null,
  };
  const { status, amount } = disbursement;
  return { status, amount, disbursements: [disbursement] };
}

/** The batch of a sweep of the whole balance to the merchant's own bank account. @internal */
export function sweepBatch(
  failure: string | undefined,
  { amount = BALANCE, reference }: MoveDetails,
): TransferBatch {
  const account = {
    type: 'merchant_bank_account',
    amount,
    nickname: null,
    favourite: false,
    reference: randomUUID(),
  };
  return batchOf(account, failure, reference);
}
