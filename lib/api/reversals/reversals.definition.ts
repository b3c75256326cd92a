import { linksOf, metadataOf } from '../request/kopokopo-request.js';
import type { ResourceDefinition } from '../resource/resource.definition.js';
import { readReversal, type Reversal } from './reversal.answer.js';
import { ReversalRequest } from './reversal.request.js';

/** @internal */
export const REVERSALS: ResourceDefinition<ReversalRequest, Reversal> = {
  paths: { v2: 'reversals' },
  type: 'reversal',
  request: ReversalRequest,
  toBody: (request) => ({
    transaction_reference: request.transactionReference,
    reason: request.reason,
    metadata: metadataOf(request),
    _links: linksOf(request),
  }),
  read: readReversal,
};
