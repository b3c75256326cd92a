import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inspect } from 'node:util';
import { KopoKopoValidationError, Money } from '../../lib/index.js';

describe('Money', () => {
  it.each([
    ['150.0', '150.00'],
    ['313', '313.00'],
    [150, '150.00'],
    [1500, '1500.00'],
    [4200.5, '4200.50'],
    ['0.05', '0.05'],
    [' 7 ', '7.00'],
    ['-3.10', '-3.10'],
    ['1.500', '1.50'],
    ['-0.00', '0.00'],
    ['90071992547409.91', '90071992547409.91'],
  ])('reads %p as %s', (amount, value) => {
    expect(Money.of(amount).value).toBe(value);
  });

  it.each([
    '',
    '1,000',
    '1.005',
    '1e3',
    'KES 5',
    '+5',
    '.5',
    '5.',
    '٣',
    '0x10',
    0.1 + 0.2,
    1e21,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '90071992547409.92',
    null,
    undefined,
    {},
    5n,
    true,
  ])('reads %p as no amount: nothing is rounded or guessed', (amount) => {
    expect(Money.parse(amount)).toBeUndefined();
    expect(() => Money.of(amount as string)).toThrow(KopoKopoValidationError);
  });

  it('gives every text of up to two places back as it was', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -9e13, max: 9e13 }),
        fc.integer({ min: 0, max: 99 }),
        (whole, cents) => {
          const sign = whole < 0 ? '-' : '';
          const text = `${sign}${Math.abs(whole)}.${String(cents).padStart(2, '0')}`;
          expect(Money.of(text).value).toBe(text);
        },
      ),
    );
  });

  it('compares amounts of one currency only', () => {
    expect(Money.of(5).compare(Money.of('4.99'))).toBe(1);
    expect(Money.of(5).equals(Money.of('5.00'))).toBe(true);
    expect(Money.of(5).equals(Money.of(5, 'USD'))).toBe(false);
    expect(() => Money.of(5).compare(Money.of(5, 'USD'))).toThrow('compared');
  });

  it('is made of whole cents', () => {
    expect(Money.ofCents(1050).value).toBe('10.50');
    expect(() => Money.ofCents(0.5)).toThrow(KopoKopoValidationError);
  });

  it('can be read in a log and in JSON, and not be changed', () => {
    const money = Money.of('150.5');
    expect(inspect(money)).toBe('Money(KES 150.50)');
    expect(JSON.stringify(money)).toBe('{"currency":"KES","value":"150.50"}');
    expect(() => Object.assign(money, { cents: 1 })).toThrow(TypeError);
  });
});
