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
    '0712-34-56-78',
    '0712.345.678',
    '0712,345,678',
    '0712/345678',
    '(0712) 345 678',
    '07 12 34 56 78',
    '0 7 1 2 3 4 5 6 7 8',
    '712345678',
    '712 345 678',
    '712-34-56-78',
    '712345678.00',
    '+254 (0)712 345678',
    '+254(0)712345678',
    '+254-0712345678',
    '00254712345678',
    '00 254 712 345 678',
    '+2 5 4 7 1 2 3 4 5 6 7 8',
    '254–712–345–678',
    '254\u00a0712\u00a0345\u00a0678',
    '254\u200b712\u200b345\u200b678',
    '0712%20345%20678',
    '0712%2D345%2D678',
    '\uFF0B\uFF12\uFF15\uFF14\uFF17\uFF11\uFF12\uFF13\uFF14\uFF15\uFF16\uFF17\uFF18',
    '\uFF10\uFF17\uFF11\uFF12\uFF13\uFF14\uFF15\uFF16\uFF17\uFF18',
    '\u0660\u0667\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668',
    '+255712345678',
    '"0712345678"',
    '[0712345678]',
    'till 5001234, 0712345678',
    'till 5001234 0712345678',
    '2026-11-23 0712345678',
    '150.00 0712345678',
  ])('takes out the phone number in %p', (written) => {
    const clean = redact(`pending for ${written} now`);
    expect(clean).toContain('[redacted]');
    expect(clean.replaceAll(/\D/g, '')).not.toContain('712345678');
    expect(clean).toMatch(/^pending for .* now$/);
  });

  it.each([
    '071234567',
    '07123456789',
    '07123456',
    '+25471234567',
    '2547123456789',
    '0712 345 6789',
    '0201234567',
    '+12025550123',
    '110123456',
  ])('takes out %p, a phone number that is none', (written) => {
    expect(redact(`The number ${written} is invalid`)).toBe(
      'The number [redacted] is invalid',
    );
  });

  it.each<[string, string]>([
    ['0712-34-56-78', '+254712345678'],
    ['0712345678', '254 (0) 712-345-678'],
    ['+254712345678', '712 34 56 78'],
    ['254712345678', '254712345678'],
    ['99912345', '99912345'],
    ['0712', 'till 0712'],
    ['12345', '1 23 45'],
    ['55512345', '+254 555 123 45'],
    ['\uFF10\uFF17\uFF11\uFF12\uFF13', '0712 3'],
  ])('takes out the number %p that was sent, quoted as %p', (sent, quoted) => {
    const clean = redact(`The number ${quoted} is invalid`, [], [sent]);
    const isTaken = clean === 'The number [redacted] is invalid';
    // Four digits can't be told from a till or an amount.
    expect(isTaken).toBe(sent !== '0712');
  });

  it.each([
    'Transfer amount must be between KSh 10.00 and KSh 250,000.00',
    'Till number 123456 is invalid',
    'b1946ac9-2f3a-4b1e-8c55-0242ac120002',
    'at 2026-11-23T01:31:03+03:00',
    'at 2026-11-23T01:31:03.712345678Z',
    'at 2026-11-23 01:31:03',
    'on 07-12-2026 or 07/12/2026 or 07.12.2026',
    'on 07/12/2026 10:30',
    'between 20:07 and 21:07:15',
    'till K700001, till 5001234, till 70012345',
    'till 7001234 of 2026-07-12',
    'amount 150.0 or 70000.00 or 700000 or 1500000',
    'between 1000.00-250 and 0.10 - 250000.00',
    'KES 7,123,456.00 and KES 712,345,678',
    'incoming_payment 247b1bd8-0712-4345-a678-071234567890',
    'reference SH1ABC2DEF, OKH7AB1234',
    'created_at 1790000000, 1790000000123',
    'error 400, code 4001, 25 of 254',
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
