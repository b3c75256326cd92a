import { withoutPhoneNumbers } from '../http/phone-numbers.js';
import { isDrop } from './drop-delivery.error.js';
import type { KopoKopoDelivery } from './delivery.types.js';

/** Fields whose values name a person. */
const PERSONAL = /name|phone|msisdn|email|account_number|cc_number/i;

const REDACTED = '[redacted]';

/** Shorter texts can't be told from ordinary words. */
const SHORTEST = 3;

/** Signatures, and the hash of a phone number. */
const HASH = /\b[\da-f]{64}\b/gi;

/** Levels of the body that are looked through, and values that are taken out at the most. */
const DEEPEST = 8;
const MOST = 50;

/**
 * The text of a handler's failure, without the names and numbers in the delivery: an app may well put the
 * event into its error.
 *
 * @internal
 */
export function failureText(
  error: unknown,
  { body, rawBody }: Pick<KopoKopoDelivery, 'body' | 'rawBody'>,
): string {
  let text = textOf(error).replaceAll(rawBody.toString('utf8'), REDACTED);
  for (const word of personal(body, 0, [])) {
    if (word.length >= SHORTEST) text = text.replaceAll(word, REDACTED);
  }
  return withoutPhoneNumbers(text.replace(HASH, REDACTED), [], REDACTED);
}

/** Anything can be thrown, with anything in its fields. */
function textOf(error: unknown): string {
  try {
    const said: unknown = isDrop(error)
      ? (error.reason ?? 'no reason was given')
      : error instanceof Error
        ? (error.stack ?? error.message)
        : error;
    if (typeof said === 'string') return said;
    return said instanceof Error ? said.message : `a ${typeof said} was thrown`;
  } catch {
    return 'what was thrown can not be read';
  }
}

function personal(value: unknown, depth: number, found: string[]): string[] {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) {
    return found;
  }
  for (const [name, below] of Object.entries(value)) {
    if (found.length >= MOST) return found;
    const isText = typeof below === 'string' || typeof below === 'number';
    if (isText && PERSONAL.test(name)) found.push(String(below));
    else personal(below, depth + 1, found);
  }
  return found;
}
