import { randomUUID } from 'node:crypto';
import { isoTime } from '../east-africa.time.js';
import { mpesaReference } from '../transactions/mpesa.reference.js';
import type { Disbursement, TransferBatch } from './disbursement.types.js';
import type { MoveDetails } from './resource.types.js';

/** A transfer of version 1. @internal */
export interface V1Transfer {
  /** Its word in an answer. */
  readonly destinationType: string;
  readonly destinationReference: string | null;
  /** Shillings. */
  readonly amount: number;
}

/** The batch of a transfer of version 1: amounts are text without decimals. @internal */
export function v1BatchOf(
  { destinationType, destinationReference, amount }: V1Transfer,
  { reference = mpesaReference() }: MoveDetails,
  failure?: string,
): TransferBatch {
  const status = failure === undefined ? 'Transferred' : 'Failed';
  const disbursement: Disbursement = {
    amount: String(amount),
    status,
    ...(failure === undefined ? {} : { errors: [failure] }),
    destination_type: destinationType,
    origination_time: isoTime(new Date()),
    destination_reference: destinationReference ?? randomUUID(),
    transaction_reference: failure === undefined ? reference : null,
  };
  return { status, amount: String(amount), disbursements: [disbursement] };
}
