import { randomUUID } from 'node:crypto';
import type { WebhookEvent } from '../deliveries/webhook-event.types.js';
import type { TransferBatch } from './disbursement.types.js';

/** What webhooks tell of money that reached an account of the merchant's own. @internal */
export function settlementCompleted(batch: TransferBatch): WebhookEvent {
  const id = randomUUID();
  const [disbursement] = batch.disbursements;
  const { amount, status, origination_time, transaction_reference } =
    disbursement;
  return {
    topic: 'settlement_transfer_completed',
    about: id,
    type: 'Settlement Transfer',
    resource: {
      id,
      amount: batch.amount,
      status: 'Transferred',
      currency: 'KES',
      origination_time,
      destination: destinationOf(
        disbursement.destination_type,
        disbursement.destination_reference,
      ),
      disbursements: [
        { amount, status, origination_time, transaction_reference },
      ],
    },
    path: `/transfer_batch/${id}`,
  };
}

// The sandbox knows an own account by its reference alone: the rest is made up.
function destinationOf(type: string, reference: string): object {
  return type === 'merchant_wallet'
    ? {
        type: 'Mobile Wallet',
        resource: {
          reference,
          first_name: 'Ana',
          last_name: 'Merchant',
          phone_number: '+254712345678',
          network: 'Safaricom',
        },
      }
    : {
        type: 'Bank Account',
        resource: {
          reference,
          account_name: 'Duka',
          account_number: '0100001',
          bank_branch_ref: 'a1f4d7c2-7a3b-4a57-9d66-3f0a4b6a0001',
          settlement_method: 'EFT',
        },
      };
}
