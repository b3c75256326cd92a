import { shillingsOf } from '../../values/shillings.js';
import { linksOf, metadataOf } from '../request/kopokopo-request.js';
import type { ResourceDefinition } from '../resource/resource.definition.js';
import { type PaymentLink, readPaymentLink } from './payment-link.answer.js';
import { PaymentLinkRequest } from './payment-link.request.js';

/** @internal */
export const PAYMENT_LINKS: ResourceDefinition<
  PaymentLinkRequest,
  PaymentLink
> = {
  paths: { v2: 'payment_links' },
  type: 'payment_link',
  request: PaymentLinkRequest,
  toBody: (request) => ({
    till_number: request.tillNumber,
    currency: 'KES',
    amount: shillingsOf(request.amount),
    payment_reference: request.paymentReference,
    note: request.note,
    metadata: metadataOf(request),
    _links: linksOf(request),
  }),
  read: readPaymentLink,
};
