import { linksOf, metadataOf } from '../request/kopokopo-request.js';
import { snakeCased } from '../request/snake-case.js';
import type { ResourceDefinition } from '../resource/resource.definition.js';
import type { SendMoneyDestination } from './destinations.js';
import { readSendMoney, type SendMoney } from './send-money.answer.js';
import { SendMoneyRequest, SweepRequest } from './send-money.request.js';

/** @internal */
export const SEND_MONEY: ResourceDefinition<SendMoneyRequest, SendMoney> = {
  paths: { v2: 'send_money' },
  type: 'send_money',
  request: SendMoneyRequest,
  toBody: (request) => ({
    destinations: request.destinations.map(toDestination),
    currency: 'KES',
    source_identifier: request.sourceIdentifier,
    metadata: metadataOf(request),
    _links: linksOf(request),
  }),
  read: readSendMoney,
};

/** A sweep has no destinations. @internal */
export const SWEEPS: ResourceDefinition<SweepRequest, SendMoney> = {
  paths: SEND_MONEY.paths,
  type: SEND_MONEY.type,
  read: SEND_MONEY.read,
  request: SweepRequest,
  toBody: (request) => ({
    destinations: [],
    currency: 'KES',
    source_identifier: request.sourceIdentifier,
    metadata: metadataOf(request),
    _links: linksOf(request),
  }),
};

/** Phone numbers of destinations have no plus (API page, §8). */
function toDestination(destination: SendMoneyDestination): object {
  return 'phoneNumber' in destination
    ? snakeCased({
        ...destination,
        phoneNumber: destination.phoneNumber.slice(1),
      })
    : snakeCased(destination);
}
