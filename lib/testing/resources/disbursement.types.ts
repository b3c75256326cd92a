import type { JsonObject } from './resource.types.js';

/** One payment of a transfer. @internal */
export interface Disbursement extends JsonObject {
  readonly amount: string;
  readonly status: 'Transferred' | 'Failed';
  readonly destination_type: string;
  readonly destination_reference: string;
  readonly origination_time: string;
  readonly transaction_reference: string | null;
}

/** One transfer and its payments; here always one of each. @internal */
export interface TransferBatch extends JsonObject {
  readonly status: 'Transferred' | 'Failed';
  readonly amount: string;
  readonly disbursements: readonly Disbursement[];
}
