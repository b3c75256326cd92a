import { createHash } from 'node:crypto';
import { KopoKopoValidationError } from '../errors/validation.error.js';

/** Blanks, dashes, dots and brackets, as people write numbers. */
const BETWEEN = /[\s().\u2010-\u2015-]/g;

const KENYAN_MOBILE = /^(?:\+?254|0)([17]\d{8})$/;

/** What a phone number must be, as the end of a sentence. @internal */
export const PHONE_FORM =
  'must be a Kenyan mobile number, such as 0712345678, 0112345678 or +254712345678';

/** The nine digits behind the country code; `undefined` for what is no Kenyan mobile number. */
function digitsOf(number: unknown): string | undefined {
  if (typeof number !== 'string' && typeof number !== 'number') {
    return undefined;
  }
  return KENYAN_MOBILE.exec(String(number).replace(BETWEEN, ''))?.[1];
}

/** Is it a Kenyan mobile number in any of its forms? @internal */
export function isKenyanMobile(number: unknown): boolean {
  return digitsOf(number) !== undefined;
}

/** The number as `+254…` where it is a Kenyan mobile number, otherwise the text as it is. @internal */
export function readPhoneNumber(number: string): string {
  if (/^\+254[17]\d{8}$/.test(number)) return number;
  const digits = digitsOf(number);
  return digits === undefined ? number : `+254${digits}`;
}

/**
 * A Kenyan mobile number in the form `+254712345678`. It takes `07…`, `01…`, `254…` and `+254…`, with
 * blanks, dashes, dots and brackets between the digits (API page, §15 #6).
 *
 * @throws KopoKopoValidationError for any other number; the message does not show it
 * @publicApi
 */
export function normalizePhoneNumber(number: string): string {
  const digits = digitsOf(number);
  if (digits !== undefined) return `+254${digits}`;
  throw new KopoKopoValidationError(`The phone number ${PHONE_FORM}.`);
}

/**
 * The hash by which Kopo Kopo names a sender (`hashed_sender_phone`): SHA-256 of the number as
 * `2547XXXXXXXX`, in hex (API page, §6.2).
 *
 * @throws KopoKopoValidationError for what is no Kenyan mobile number
 * @publicApi
 */
export function hashPhoneNumber(number: string): string {
  const digits = normalizePhoneNumber(number).slice(1);
  return createHash('sha256').update(digits).digest('hex');
}
