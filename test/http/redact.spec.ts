import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { redact } from '../../lib/http/redact.js';

/** Short, so that nothing but its codings gives it away. */
const SECRET = 'p/+"é\\ %';

describe('redact', () => {
  it.each<[string, string]>([
    ['as it is', SECRET],
    ['percent-encoded', encodeURIComponent(SECRET)],
    [
      'percent-encoded in lower case',
      encodeURIComponent(SECRET).replace(/%../g, (code) => code.toLowerCase()),
    ],
    ['in a form', new URLSearchParams({ s: SECRET }).toString().slice(2)],
    ['in JSON', JSON.stringify(SECRET).slice(1, -1)],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in base64url', Buffer.from(SECRET).toString('base64url')],
    ['in hex', Buffer.from(SECRET).toString('hex')],
    ['in hex, upper case', Buffer.from(SECRET).toString('hex').toUpperCase()],
  ])('takes a given secret out %s', (_coding, written) => {
    const clean = redact(`before ${written} after`, [SECRET]);
    expect(clean).toMatch(/^before \[redacted\]=* after$/);
  });

  it.each([
    '+254712345678',
    '254712345678',
    '0712345678',
    '0112345678',
    '+254 712 345 678',
    '+254-712-345-678',
    '0712 345 678',
    '%2B254712345678',
    '%2b254712345678',
    'for%200712345678',
    'tel:+254712345678',
    'phone=254712345678',
    'phone_254712345678',
    'KE254712345678x',
  ])('takes out the phone number in %p', (written) => {
    const clean = redact(`pending for ${written} now`);
    expect(clean).toContain('[redacted]');
    expect(clean.replaceAll(/\D/g, '')).not.toContain('712345678');
    expect(clean).toMatch(/^pending for .* now$/);
  });

  it.each([
    'Transfer amount must be between KSh 10.00 and KSh 250,000.00',
    'Till number 123456 is invalid',
    'b1946ac9-2f3a-4b1e-8c55-0242ac120002',
    'at 2026-11-23T01:31:03+03:00',
    'amount 25471234567890123',
    'invalid_client: Client authentication failed',
  ])('leaves %p as it is', (text) => {
    expect(redact(text, ['another-secret'])).toBe(text);
  });

  it('takes out what looks like a credential, though nobody named it', () => {
    const opaque = 'qX3_7d-' + 'a1B2'.repeat(8);
    expect(redact(`token ${opaque}.`)).toBe('token [redacted]');
    expect(redact(`eyJ0eXAi.${opaque}.c2ln`)).toBe('[redacted]');
  });

  it('does not blank out ordinary words for the sake of a tiny secret', () => {
    expect(redact('a bad day', ['', 'a', 'bad'])).toBe('a bad day');
  });

  it('never leaves a secret of any characters in a text of any characters', () => {
    const secret = fc
      .string({ unit: 'binary', minLength: 6, maxLength: 40 })
      .filter((text) => !'[redacted]'.includes(text));
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (needle, a, b) => {
        const clean = redact(`${a}${needle}${b}${needle}`, [needle]);
        expect(clean).not.toContain(needle);
      }),
      { numRuns: 500 },
    );
  });
});
