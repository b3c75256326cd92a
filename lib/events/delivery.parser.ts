import { inspect } from 'node:util';
import { Attributes, isObject } from '../api/answer/attributes.js';
import type { JsonObject } from '../api/answer/attributes.js';
import { KopoKopoValidationError } from '../errors/validation.error.js';
import { readDaraja } from './answers/daraja.answer.js';
import { resultKey } from './delivery-key.js';
import { instantOf } from '../values/instants.js';
import { shortHash } from '../values/short-hash.js';
import type {
  KopoKopoDelivery,
  KopoKopoDeliveryParts,
  KopoKopoDeliverySource,
  KopoKopoWebhookDelivery,
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

/** The parts that every kind has. */
type Shared = Pick<
  KopoKopoDelivery,
  'account' | 'source' | 'receivedAt' | 'body' | 'rawBody'
>;

/**
 * Reads bytes that were verified: an event has a topic, a result an envelope, Daraja's form a `TransID`
 * (API page, §6.1).
 *
 * @throws KopoKopoValidationError where they are no JSON object
 * @internal
 */
export function parseDelivery(
  rawBody: Buffer,
  { account, source, origin }: DeliveryOrigin,
): KopoKopoDelivery {
  const body = jsonObject(rawBody);
  const receivedAt = new Date();
  const shared = { account, source, receivedAt, body, rawBody };
  const { topic } = body;
  if (typeof topic === 'string' && topic !== '') return webhook(topic, shared);
  const own = result(body, origin) ?? daraja(body) ?? unknown(body, rawBody);
  return printable({ ...own, ...shared }) as KopoKopoDelivery;
}

/** Frozen, and printed without its body. @internal */
export function printable<T extends KopoKopoDeliveryParts>(parts: T): T {
  return Object.freeze(Object.assign(Object.create(PRINTED) as T, parts));
}

/** A delivery that an app prints into its log shows no name and no number. */
const PRINTED = {
  [inspect.custom](this: KopoKopoDelivery): object {
    const { kind, key, account, source } = this;
    return { KopoKopoDelivery: { kind, key, account, source } };
  },
};

function jsonObject(bytes: Buffer): JsonObject {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (isObject(value)) return value;
  } catch {
    // Told below: what stands there may hold a phone number.
  }
  throw new KopoKopoValidationError('The delivery is no JSON object.');
}

function webhook(topic: string, shared: Shared): KopoKopoDelivery {
  const { body } = shared;
  const told = isObject(body.event) ? body.event : {};
  const resource = isObject(told.resource) ? told.resource : {};
  const eventId = wordOf(body.id) ?? '';
  const about = wordOf(resource.id) ?? wordOf(resource.reference) ?? eventId;
  // An event without an id is told from another by all that it says.
  const id = eventId || shortHash(JSON.stringify([topic, body.event]));
  const event = readEvent(topic, new Attributes(resource), wordOf(told.type));
  return new WebhookDelivery(
    { topic, eventId, id, about: about || id, event },
    shared,
  ) as KopoKopoDelivery;
}

/** The fields of a webhook that its bytes tell. */
interface Told {
  topic: string;
  eventId: string;
  id: string;
  about: string;
  event: KopoKopoWebhookDelivery['event'];
}

/** Most deliveries are webhooks: fields that are named here cost a tenth of what copying them does. */
class WebhookDelivery implements KopoKopoWebhookDelivery {
  readonly kind = 'webhook';
  readonly key: string;
  readonly resourceKey: string;
  readonly topic: string;
  readonly eventId: string;
  declare readonly occurredAt?: Date;
  readonly event: KopoKopoWebhookDelivery['event'];
  readonly account: string;
  readonly source: KopoKopoDeliverySource;
  readonly receivedAt: Date;
  readonly body: JsonObject;
  readonly rawBody: Buffer;

  constructor({ topic, eventId, id, about, event }: Told, shared: Shared) {
    this.key = `webhook:${id}`;
    this.resourceKey = `${topic}:${about}`;
    this.topic = topic;
    this.eventId = eventId;
    const occurredAt = instantOf(shared.body.created_at);
    if (occurredAt !== undefined) this.occurredAt = occurredAt;
    this.event = event;
    this.account = shared.account;
    this.source = shared.source;
    this.receivedAt = shared.receivedAt;
    this.body = shared.body;
    this.rawBody = shared.rawBody;
    Object.freeze(this);
  }

  [inspect.custom](): object {
    return PRINTED[inspect.custom].call(this);
  }
}

/** A text that is not empty; a number is taken for one. */
function wordOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.trim() || undefined : undefined;
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
