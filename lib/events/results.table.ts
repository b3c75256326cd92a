import type { Envelope } from '../api/answer/envelope.js';
import { requestParts } from '../api/answer/answer-parts.js';
import {
  type ResourceDefinition,
  versionOf,
} from '../api/resource/resource.definition.js';
import type { ResourcePlace } from '../api/resource/resource-reference.js';
import type { ResourceAnswer } from '../api/answer/resource-answer.js';
import { INCOMING_PAYMENTS } from '../api/incoming-payments/incoming-payments.definition.js';
import { PAYMENT_LINKS } from '../api/payment-links/payment-links.definition.js';
import { POLLING } from '../api/polling/polling.definition.js';
import { REVERSALS } from '../api/reversals/reversals.definition.js';
import { SEND_MONEY } from '../api/send-money/send-money.definition.js';
import {
  PAYMENTS,
  SETTLEMENT_TRANSFERS,
  TRANSACTION_SMS_NOTIFICATIONS,
} from '../api/v1/v1.definitions.js';

type Definition = Pick<
  ResourceDefinition<never, ResourceAnswer>,
  'paths' | 'read'
>;

/** By type. To add one, add its definition. */
const DEFINITIONS = new Map<string, Definition>(
  [
    INCOMING_PAYMENTS,
    SEND_MONEY,
    PAYMENT_LINKS,
    REVERSALS,
    POLLING,
    PAYMENTS,
    SETTLEMENT_TRANSFERS,
    TRANSACTION_SMS_NOTIFICATIONS,
  ].map(({ type, paths, read }) => [type, { paths, read }]),
);

/** Words that Kopo Kopo has for the same (API page, §12). */
const ALIASES: Readonly<Record<string, string>> = { reversals: 'reversal' };

/** The type of a result, in one word for each. @internal */
export function resultType(word: string): string {
  const type = word.trim();
  return Object.hasOwn(ALIASES, type) ? ALIASES[type]! : type;
}

/** Where requests of a type are; nothing for a type that has no results. @internal */
export function placeOfResult(
  type: string,
  origin: string,
  apiVersion: string,
): ResourcePlace | undefined {
  const definition = DEFINITIONS.get(type);
  if (definition === undefined) return undefined;
  return { origin, type, ...versionOf(definition, apiVersion) };
}

/** The result of an envelope, as the client's `get` reads it. @internal */
export function readResult(
  type: string,
  envelope: Envelope,
  origin: string,
): ResourceAnswer {
  const definition = DEFINITIONS.get(type);
  if (definition !== undefined) return definition.read(envelope, origin);
  const parts = requestParts(envelope);
  return Object.freeze({ ...parts, raw: envelope.attributes.rest() });
}
