import { createHmac, timingSafeEqual } from 'node:crypto';

/** Name of the header, as Node spells it (API page, §5). @internal */
export const SIGNATURE_HEADER = 'x-kopokopo-signature';

const SIGNATURE = /^[\da-f]{64}$/;

/** Used again by each call, which ends before another begins. */
const GIVEN = Buffer.alloc(64);
const EXPECTED = Buffer.alloc(64);

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
  GIVEN.write(signature, 'latin1');
  let fits = false;
  // Every key is tried, so that the time does not tell which one fits.
  for (const key of keys) {
    // Node makes a text of it in half the time of a Buffer.
    EXPECTED.write(
      createHmac('sha256', key).update(bytes).digest('hex'),
      'latin1',
    );
    fits = timingSafeEqual(EXPECTED, GIVEN) || fits;
  }
  return fits;
}
