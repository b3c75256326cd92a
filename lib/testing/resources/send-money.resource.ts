import { isoTime } from '../east-africa.time.js';
import { batchOf, sweepBatch } from './send-money.batches.js';
import { destinationsOf, isOwnAccount } from './send-money.destinations.js';
import { kenyanShillings, linksOf, metadataOf } from './request.fields.js';
import type {
  JsonObject,
  MoveDetails,
  MoveResult,
  ResourceRecord,
  SandboxResource,
} from './resource.types.js';
import { settlementCompleted } from './settlement.event.js';
import { sourceTill } from './till.fields.js';

/** A payout to up to many destinations, or to the merchant's own accounts. @internal */
export const sendMoney: SandboxResource = {
  path: 'send_money',
  versions: ['v2'],
  type: 'send_money',
  begin(request) {
    const { body } = request;
    const destinations = destinationsOf(body.destinations);
    const currency = kenyanShillings(body.currency);
    return {
      status: 'Scheduled',
      created_at: isoTime(request.at),
      source_identifier: sourceTill(body.source_identifier, request),
      currency,
      destinations,
      transfer_batches: null,
      errors: null,
      metadata: metadataOf(request),
      _links: linksOf(request),
    };
  },
  moves: {
    transfer: (record, details) => handled(record, details, () => undefined),
    failTransfer: (record, details) => {
      const { message = 'The transfer was declined', destinations } = details;
      return handled(record, details, (place) =>
        (destinations ?? [place]).includes(place) ? message : undefined,
      );
    },
  },
  ends: { success: 'transfer', failure: 'failTransfer' },
};

// `Processed` says only that the request was handled: the disbursements say whether money has moved.
function handled(
  record: ResourceRecord,
  details: MoveDetails,
  failureOf: (place: number) => string | undefined,
): MoveResult {
  const destinations = record.attributes.destinations as
    readonly JsonObject[] | null;
  const batches = destinations
    ? destinations.map((one, place) =>
        batchOf(one, failureOf(place), details.reference),
      )
    : [sweepBatch(failureOf(0), details)];
  const settled = batches.filter(
    (batch, place) =>
      (!destinations || isOwnAccount(destinations[place])) &&
      batch.status === 'Transferred',
  );
  return {
    attributes: {
      ...record.attributes,
      status: 'Processed',
      transfer_batches: batches,
    },
    events: settled.map(settlementCompleted),
  };
}
