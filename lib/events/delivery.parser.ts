import { Attributes, isObject } from '../api/answer/attributes.js';
import type { JsonObject } from '../api/answer/attributes.js';
import { KopoKopoValidationError } from '../errors/validation.error.js';
import { readDaraja } from './answers/daraja.answer.js';
import { resultKey } from './delivery-key.js';
import { shortHash } from '../values/short-hash.js';
import type {
  KopoKopoDelivery,
  KopoKopoDeliveryParts,
  KopoKopoDeliverySource,
} from './delivery.types.js';
import { readResult, resultType } from './results.table.js';
import { readEvent } from './webhook-events.table.js';

/** Where a delivery came from. @internal */
export interface DeliveryOrigin {
  account: string;
  source: KopoKopoDeliverySource;
  /** Origin of Kopo Kopo's API. */
  origin: string;
}

/** Account of an instance in deliveries and decorators. @internal */
export function accountOf({ name }: { name: string | undefined }): string {
  return name ?? 'default';
}

/** The parts that differ from kind to kind. */
type Own = Pick<KopoKopoDelivery, 'kind' | 'key' | 'resourceKey' | 'event'> &
  Record<string, unknown>;

/**
 * Reads bytes that were verified: an event has a topic, a result an envelope, Daraja's form a `TransID`
 * (API page, §6.1).
 *
 * @throws KopoKopoValidationError where they are no JSON object
 * @internal
 */
export function parseDelivery(
  rawBody: Buffer,
  origin: DeliveryOrigin,
): KopoKopoDelivery {
  const body = jsonObject(rawBody);
  const own =
    webhook(body) ??
    result(body, origin.origin) ??
    daraja(body) ??
    unknown(body, rawBody);
  const { account, source } = origin;
  const receivedAt = new Date();
  const parts = { ...own, account, source, receivedAt, body, rawBody };
  return Object.freeze(withoutBodyInPrint(parts)) as KopoKopoDelivery;
}

function jsonObject(bytes: Buffer): JsonObject {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (isObject(value)) return value;
  } catch {
    // Told below: what stands there may hold a phone number.
  }
  throw new KopoKopoValidationError('The delivery is no JSON object.');
}

function webhook(body: JsonObject): Own | undefined {
  const { topic } = body;
  if (typeof topic !== 'string' || topic === '') return undefined;
  const whole = new Attributes(body);
  const told = whole.below('event');
  const resource = told.below('resource');
  const eventId = whole.word('id') ?? '';
  // Another reading of it: what the event does not know stays in its raw.
  const names = told.below('resource');
  const about = names.word('id') ?? names.word('reference') ?? eventId;
  const event = readEvent(topic, resource, told.word('type'));
  // An event without an id is told from another by all that it says.
  const id = eventId || shortHash(JSON.stringify([topic, body.event]));
  return {
    kind: 'webhook',
    key: `webhook:${id}`,
    resourceKey: `${topic}:${about || id}`,
    topic,
    eventId,
    ...optional('occurredAt', whole.time('created_at')),
    event,
  };
}

function result(body: JsonObject, origin: string): Own | undefined {
  const { data } = body;
  if (!isObject(data) || !isObject(data.attributes)) return undefined;
  const read = new Attributes(data);
  const [id, word] = [read.word('id'), read.word('type')];
  if (id === undefined || word === undefined) return undefined;
  const type = resultType(word);
  const attributes = new Attributes(data.attributes);
  const event = readResult(type, { id, type, attributes }, origin);
  return {
    kind: 'result',
    key: resultKey(type, event),
    resourceKey: `${type}:${id}`,
    type,
    event: event as KopoKopoDelivery['event'],
  };
}

function daraja(body: JsonObject): Own | undefined {
  const event = readDaraja(new Attributes(body));
  const { reference, tillNumber, occurredAt } = event;
  if (reference === undefined) return undefined;
  return {
    kind: 'daraja',
    key: `daraja:${tillNumber ?? ''}:${reference}`,
    resourceKey: `daraja:${reference}`,
    ...optional('occurredAt', occurredAt),
    event,
  };
}

function unknown(body: JsonObject, bytes: Buffer): Own {
  const key = `unknown:${shortHash(bytes)}`;
  return { kind: 'unknown', key, resourceKey: key, event: body };
}

function optional(name: string, value: unknown): Record<string, unknown> {
  return value === undefined ? {} : { [name]: value };
}

/** A delivery that an app prints into its log shows no name and no number. @internal */
export function withoutBodyInPrint<T extends KopoKopoDeliveryParts>(
  parts: T,
): T {
  const { kind, key, account, source } = parts as T & { kind?: string };
  return Object.defineProperty(
    parts,
    Symbol.for('nodejs.util.inspect.custom'),
    {
      value: () => ({ KopoKopoDelivery: { kind, key, account, source } }),
    },
  );
}
