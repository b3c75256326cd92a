import { linksOf } from '../request/kopokopo-request.js';
import { scopeProblems } from '../request/scope.js';
import type { ResourceDefinition } from '../resource/resource.definition.js';
import { type Polling, readPolling } from './polling.answer.js';
import { PollingRequest } from './polling.request.js';

/** @internal */
export const POLLING: ResourceDefinition<PollingRequest, Polling> = {
  paths: { v1: 'polling', v2: 'polling' },
  type: 'polling',
  request: PollingRequest,
  problems: (request) => [
    ...scopeProblems(request),
    ...(new Date(request.from) < new Date(request.to)
      ? []
      : [{ path: '.to', text: 'must be later than from' }]),
  ],
  toBody: (request) => ({
    scope: request.scope,
    scope_reference: request.scopeReference ?? '',
    from_time: request.from,
    to_time: request.to,
    _links: linksOf(request),
  }),
  read: readPolling,
};
