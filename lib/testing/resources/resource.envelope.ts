import type { JsonObject, ResourceRecord } from './resource.types.js';

/** What GET answers. @internal */
export function envelopeOf(record: ResourceRecord): JsonObject {
  return envelope(record, record.resource.type);
}

/** What is sent to the callback URL. @internal */
export function callbackBodyOf(record: ResourceRecord): JsonObject {
  const { callbackType, type } = record.resource;
  return envelope(record, callbackType ?? type);
}

function envelope(
  { request, attributes }: ResourceRecord,
  type: string,
): JsonObject {
  return { data: { id: request.id, type, attributes } };
}
