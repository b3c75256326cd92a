import { createHmac, timingSafeEqual } from 'node:crypto';

/** Name of the header, as Node spells it (API page, §5). @internal */
export const SIGNATURE_HEADER = 'x-kopokopo-signature';

const SIGNATURE = /^[\da-f]{64}$/;

/**
 * Is this the HMAC-SHA256 of these bytes with one of these keys, in lower-case hex? Compares in constant
 * time and never throws (API page, §5).
 *
 * @internal
 */
export function isSigned(
  bytes: Uint8Array,
  signature: unknown,
  keys: readonly string[],
): boolean {
  if (typeof signature !== 'string' || !SIGNATURE.test(signature)) return false;
  const given = Buffer.from(signature, 'hex');
  let fits = false;
  // Every key is tried, so that the time does not tell which one fits.
  for (const key of keys) {
    const expected = createHmac('sha256', key).update(bytes).digest();
    fits = timingSafeEqual(expected, given) || fits;
  }
  return fits;
}
