import { incomingPayment } from './incoming-payment.resource.js';
import { merchantBankAccount } from './merchant-bank-account.resource.js';
import { merchantWallet } from './merchant-wallet.resource.js';
import { paymentLink } from './payment-link.resource.js';
import { payment } from './payment.resource.js';
import { polling } from './polling.resource.js';
import { externalRecipient, payRecipient } from './recipient.resource.js';
import type { ApiVersion, SandboxResource } from './resource.types.js';
import { reversal } from './reversal.resource.js';
import { sendMoney } from './send-money.resource.js';
import { settlementTransfer } from './settlement-transfer.resource.js';
import { transactionSmsNotification } from './transaction-sms-notification.resource.js';
import { webhookSubscription } from './webhook-subscription.resource.js';

/** Everything that the API has. A new resource is a file of its own and a row here. @internal */
export const RESOURCES: readonly SandboxResource[] = [
  webhookSubscription,
  incomingPayment,
  sendMoney,
  externalRecipient,
  payRecipient,
  merchantBankAccount,
  merchantWallet,
  paymentLink,
  reversal,
  polling,
  payment,
  settlementTransfer,
  transactionSmsNotification,
];

/** The resource at a path of one version. @internal */
export function resourceAt(
  version: ApiVersion,
  path: string,
): SandboxResource | undefined {
  return RESOURCES.find(
    (one) => one.path === path && one.versions.includes(version),
  );
}
