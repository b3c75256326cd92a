import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { createDecipheriv, hkdfSync } from 'node:crypto';
import { TokenSealer } from '../../lib/token/store/token-sealer.js';
import { NEEDLES, needlesIn } from '../support/needles.js';

const ORIGIN = 'https://sandbox.kopokopo.com';
const { clientId, secret, token } = NEEDLES;
const CONTENT = { value: token, scopes: ['a', 'b'], lifetime: 3_600_000 };

/** The account as it goes into the key and beside the text. */
const BOUND = JSON.stringify([ORIGIN, clientId]);

/** Opens it by what the design says, without the code that sealed it. */
function decrypt(text: string, bound: string): unknown {
  const bytes = Buffer.from(text.slice('k1.'.length), 'base64url');
  const info = 'nestjs-kopokopo store';
  const key = Buffer.from(hkdfSync('sha256', secret, BOUND, info, 32));
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
  decipher.setAAD(Buffer.from(bound)).setAuthTag(bytes.subarray(12, 28));
  const plain = [decipher.update(bytes.subarray(28)), decipher.final()];
  return JSON.parse(Buffer.concat(plain).toString());
}

const sealer = new TokenSealer(ORIGIN, clientId);
const sealed = sealer.seal(CONTENT, secret);

describe('A sealed token', () => {
  it('opens for the account that sealed it, as it was', () => {
    const dated = { ...CONTENT, createdAt: 1_700_000_000 };
    expect(new TokenSealer(ORIGIN, clientId).open(sealed, [secret])).toEqual(
      CONTENT,
    );
    expect(sealer.open(sealer.seal(dated, secret), [secret])).toEqual(dated);
  });

  it('is AES-256-GCM with a key from secret and account, and authenticates the account', () => {
    expect(sealed).toMatch(/^k1\.[\w-]+$/);
    expect(decrypt(sealed, BOUND)).toEqual(CONTENT);
    const other = JSON.stringify([ORIGIN, `${clientId}x`]);
    for (const bound of [other, '']) {
      expect(() => decrypt(sealed, bound)).toThrow('authenticate');
    }
  });

  it('opens while the secret is rotated, whichever place it has in the list', () => {
    expect(sealer.open(sealed, ['new', secret])).toEqual(CONTENT);
    expect(sealer.open(sealed, [secret, 'new'])).toEqual(CONTENT);
  });

  it.each([
    ['another secret', sealer, ['another']],
    ['no secret', sealer, []],
    ['another client id', new TokenSealer(ORIGIN, `${clientId}x`), [secret]],
    [
      'production',
      new TokenSealer('https://api.kopokopo.com', clientId),
      [secret],
    ],
    // Both together read the same as the account that sealed it.
    [
      'a shifted border of origin and id',
      new TokenSealer(ORIGIN + clientId[0], clientId.slice(1)),
      [secret],
    ],
  ])('does not open with %s', (_what, other, secrets) => {
    expect(other.open(sealed, secrets)).toBeUndefined();
  });

  it('does not open when any one bit of it was flipped', () => {
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const text = `k1.${flipped.toString('base64url')}`;
      expect(sealer.open(text, [secret])).toBeUndefined();
    }
  });

  it('does not open when it was cut off anywhere', () => {
    for (let end = 0; end < sealed.length; end++) {
      expect(sealer.open(sealed.slice(0, end), [secret])).toBeUndefined();
    }
  });

  it('is nothing when it holds what can’t be a token', () => {
    for (const value of ['', 'two words', 7, null, undefined]) {
      const odd = sealer.seal({ ...CONTENT, value: value as string }, secret);
      expect(sealer.open(odd, [secret])).toBeUndefined();
    }
  });

  it('has nothing readable in it, and never reads the same twice', () => {
    expect(needlesIn(sealed)).toEqual([]);
    expect(sealer.seal(CONTENT, secret)).not.toBe(sealed);
  });
});

describe('Garbage', () => {
  it('never throws and never opens', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `k1.${text}`),
          fc
            .uint8Array({ maxLength: 200 })
            .map((b) => `k1.${Buffer.from(b).toString('base64url')}`),
        ),
        (text) => sealer.open(text, [secret, 'new']) === undefined,
      ),
    );
  });
});

describe('Names in the store', () => {
  it('differ by origin, client id and token, and stay the same elsewhere', () => {
    const others = [
      new TokenSealer('https://api.kopokopo.com', clientId),
      new TokenSealer(ORIGIN, 'another'),
      new TokenSealer(ORIGIN + clientId[0], clientId.slice(1)),
    ];
    const names = [sealer, ...others];
    expect(new Set(names.map(({ account }) => account)).size).toBe(4);
    expect(new Set(names.map((one) => one.idOf(token))).size).toBe(4);
    expect(sealer.idOf('another')).not.toBe(sealer.idOf(token));
    const twin = new TokenSealer(ORIGIN, clientId);
    expect([twin.account, twin.idOf(token)]).toEqual([
      sealer.account,
      sealer.idOf(token),
    ]);
  });

  it('give nothing away', () => {
    const text = `${sealer.account} ${sealer.idOf(token)}`;
    expect(needlesIn(text)).toEqual([]);
    expect(text).not.toContain(clientId);
    expect(text).toMatch(/^[\w-]{32} [\w-]{32}$/);
  });
});
