import { amountOf, linksOf, metadataOf } from '../request/kopokopo-request.js';
import type { ResourceDefinition } from '../resource/resource.definition.js';
import {
  type IncomingPayment,
  readIncomingPayment,
} from './incoming-payment.answer.js';
import { IncomingPaymentRequest } from './incoming-payment.request.js';

/** @internal */
export const INCOMING_PAYMENTS: ResourceDefinition<
  IncomingPaymentRequest,
  IncomingPayment
> = {
  paths: { v1: 'incoming_payments', v2: 'incoming_payments' },
  type: 'incoming_payment',
  request: IncomingPaymentRequest,
  toBody: (request) => ({
    payment_channel: request.paymentChannel ?? 'M-PESA STK Push',
    till_number: request.tillNumber,
    subscriber: {
      first_name: request.firstName,
      middle_name: request.middleName,
      last_name: request.lastName,
      phone_number: request.phoneNumber,
      email: request.email,
    },
    amount: amountOf(request.amount),
    metadata: metadataOf(request),
    _links: linksOf(request),
  }),
  read: readIncomingPayment,
};
