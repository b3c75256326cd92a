import { amountOf, linksOf, metadataOf } from '../request/kopokopo-request.js';
import type { ResourceDefinition } from '../resource/resource.definition.js';
import { PayRequest } from './pay.request.js';
import {
  settlementProblems,
  SettlementTransferRequest,
} from './settlement-transfer.request.js';
import {
  readTransactionSmsNotification,
  type TransactionSmsNotification,
} from './transaction-sms-notification.answer.js';
import { TransactionSmsNotificationRequest } from './transaction-sms-notification.request.js';
import { readV1Transfer, type V1Transfer } from './transfer.answer.js';

/** @internal */
export const PAYMENTS: ResourceDefinition<PayRequest, V1Transfer> = {
  paths: { v1: 'payments' },
  type: 'payment',
  request: PayRequest,
  toBody: (request) => ({
    destination_type: request.destinationType,
    destination_reference: request.destinationReference,
    amount: amountOf(request.amount),
    description: request.description,
    category: request.category,
    tags: request.tags,
    metadata: metadataOf(request),
    _links: linksOf(request),
  }),
  read: readV1Transfer,
};

/** @internal */
export const SETTLEMENT_TRANSFERS: ResourceDefinition<
  SettlementTransferRequest,
  V1Transfer
> = {
  paths: { v1: 'settlement_transfers' },
  type: 'settlement_transfer',
  request: SettlementTransferRequest,
  problems: settlementProblems,
  toBody: (request) => ({
    amount: request.amount === undefined ? undefined : amountOf(request.amount),
    destination_type: request.destinationType,
    destination_reference: request.destinationReference,
    _links: linksOf(request),
  }),
  read: readV1Transfer,
};

/** @internal */
export const TRANSACTION_SMS_NOTIFICATIONS: ResourceDefinition<
  TransactionSmsNotificationRequest,
  TransactionSmsNotification
> = {
  paths: { v1: 'transaction_sms_notifications' },
  type: 'transaction_sms_notification',
  request: TransactionSmsNotificationRequest,
  toBody: (request) => ({
    webhook_event_reference: request.webhookEventReference,
    message: request.message,
    _links: linksOf(request),
  }),
  read: readTransactionSmsNotification,
};
