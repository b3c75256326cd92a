import {
  transactionResource,
  transactionType,
} from '../transactions/transaction.wording.js';
import { linksOf, timeOf } from './request.fields.js';
import { refuse } from './request.refusal.js';
import type { SandboxResource } from './resource.types.js';
import { scopeOf } from './till.fields.js';

/** The history of what came in between two times, both included. @internal */
export const polling: SandboxResource = {
  path: 'polling',
  versions: ['v1', 'v2'],
  type: 'polling',
  answersAtOnce: true,
  begin(request) {
    const { body, ledger, application } = request;
    const { scope, reference } = scopeOf(request);
    const from = timeOf(body.from_time, 'From time');
    const to = timeOf(body.to_time, 'To time');
    if (from > to) {
      refuse('To time must be after from time');
    }
    const links = linksOf(request);
    const found = ledger.within(application.clientId, {
      from,
      to,
      tillNumber: reference ?? undefined,
    });
    return {
      status: 'Success',
      from_time: body.from_time,
      to_time: body.to_time,
      // Lower case in a request, capitalised in an answer.
      scope: scope === 'till' ? 'Till' : 'Company',
      scope_reference: reference,
      transactions: found.map((transaction) => ({
        type: transactionType(transaction),
        resource: transactionResource(transaction),
      })),
      _links: links,
    };
  },
};
