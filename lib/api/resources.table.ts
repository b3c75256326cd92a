import {
  EXTERNAL_RECIPIENTS,
  PAY_RECIPIENTS,
} from './external-recipients/external-recipients.definition.js';
import { INCOMING_PAYMENTS } from './incoming-payments/incoming-payments.definition.js';
import { MERCHANT_BANK_ACCOUNTS } from './merchant-bank-accounts/merchant-bank-accounts.definition.js';
import { MERCHANT_WALLETS } from './merchant-wallets/merchant-wallets.definition.js';
import { PaymentLinksClient } from './payment-links/payment-links.client.js';
import { PAYMENT_LINKS } from './payment-links/payment-links.definition.js';
import { PollingClient } from './polling/polling.client.js';
import { POLLING } from './polling/polling.definition.js';
import { RequestClient } from './resource/request.client.js';
import { ResourceClient } from './resource/resource.client.js';
import type { ResourceDoor } from './resource/resource.door.js';
import { REVERSALS } from './reversals/reversals.definition.js';
import { SendMoneyClient } from './send-money/send-money.client.js';
import { SEND_MONEY } from './send-money/send-money.definition.js';
import {
  PAYMENTS,
  SETTLEMENT_TRANSFERS,
  TRANSACTION_SMS_NOTIFICATIONS,
} from './v1/v1.definitions.js';
import { WebhookSubscriptionsClient } from './webhook-subscriptions/webhook-subscriptions.client.js';
import { WEBHOOK_SUBSCRIPTIONS } from './webhook-subscriptions/webhook-subscriptions.definition.js';

/**
 * The resources of Kopo Kopo. To add one, make a folder like its neighbours' (request, answer, definition)
 * and a row here: a `RequestClient` where Kopo Kopo works on it for a while, otherwise a `ResourceClient`.
 *
 * @internal
 */
export const RESOURCES = {
  /** Payments that customers are asked for: M-PESA STK push (API page, §7). */
  incomingPayments: (door: ResourceDoor) =>
    new RequestClient(INCOMING_PAYMENTS, door),

  /** Payouts to wallets, bank accounts, tills and paybills. v2 (API page, §8). */
  sendMoney: (door: ResourceDoor) => new SendMoneyClient(SEND_MONEY, door),

  /** Whom money may be sent to; v1 calls them pay recipients (API page, §9). */
  externalRecipients: (door: ResourceDoor) =>
    new ResourceClient(EXTERNAL_RECIPIENTS, door),

  /** Own bank accounts that Kopo Kopo settles to (API page, §10). */
  merchantBankAccounts: (door: ResourceDoor) =>
    new ResourceClient(MERCHANT_BANK_ACCOUNTS, door),

  /** Own wallets that Kopo Kopo settles to (API page, §10). */
  merchantWallets: (door: ResourceDoor) =>
    new ResourceClient(MERCHANT_WALLETS, door),

  /** Links by which somebody pays. v2 (API page, §11). */
  paymentLinks: (door: ResourceDoor) =>
    new PaymentLinksClient(PAYMENT_LINKS, door),

  /** Payments that are given back. v2 (API page, §12). */
  reversals: (door: ResourceDoor) => new RequestClient(REVERSALS, door),

  /** The history of what came in (API page, §13). */
  polling: (door: ResourceDoor) => new PollingClient(POLLING, door),

  /** What Kopo Kopo tells events of (API page, §6). */
  webhookSubscriptions: (door: ResourceDoor) =>
    new WebhookSubscriptionsClient(WEBHOOK_SUBSCRIPTIONS, door),
};

/** Resources that only v1 has. @internal */
export const V1_RESOURCES = {
  /** @deprecated Use `sendMoney`. */
  payments: (door: ResourceDoor) => new RequestClient(PAYMENTS, door),

  /** @deprecated Use `sendMoney`. */
  settlementTransfers: (door: ResourceDoor) =>
    new RequestClient(SETTLEMENT_TRANSFERS, door),

  /** @deprecated v2 has no such thing. */
  transactionSmsNotifications: (door: ResourceDoor) =>
    new RequestClient(TRANSACTION_SMS_NOTIFICATIONS, door),

  /** @deprecated Use `externalRecipients`. */
  payRecipients: (door: ResourceDoor) =>
    new ResourceClient(PAY_RECIPIENTS, door),
};

/** A client for each row of a table. @internal */
export type ClientsOf<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends (
    door: ResourceDoor,
  ) => infer Client
    ? Client
    : never;
};

/** @internal */
export function clientsOf<
  Table extends Record<string, (door: ResourceDoor) => object>,
>(table: Table, door: ResourceDoor): ClientsOf<Table> {
  return Object.freeze(
    Object.fromEntries(
      Object.entries(table).map(([name, make]) => [name, make(door)]),
    ),
  ) as ClientsOf<Table>;
}
