import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import {
  hashPhoneNumber,
  IsKenyanMobile,
  IsShillings,
  KopoKopoValidationError,
  normalizePhoneNumber,
} from '../../lib/index.js';

describe('normalizePhoneNumber', () => {
  it.each([
    '0712345678',
    '254712345678',
    '+254712345678',
    '0712 345 678',
    '+254 712-345-678',
    '(0712) 345.678',
  ])('reads %s', (number) => {
    expect(normalizePhoneNumber(number)).toBe('+254712345678');
  });

  it('reads the numbers that begin with 01', () => {
    expect(normalizePhoneNumber('0112345678')).toBe('+254112345678');
  });

  it.each(['', '712345678', '07123456789', '0812345678', '+1 712345678', 'x'])(
    'refuses %p, and does not show it',
    (number) => {
      const told = (): string => {
        try {
          return normalizePhoneNumber(number);
        } catch (error) {
          expect(error).toBeInstanceOf(KopoKopoValidationError);
          return (error as Error).message;
        }
      };
      expect(told()).toMatch(/^The phone number must be/);
      if (number !== '') expect(told().split(/[ ,]+/)).not.toContain(number);
    },
  );
});

describe('hashPhoneNumber', () => {
  it('gives the hash of the reference for every form', () => {
    for (const number of ['254712345678', '0712 345 678']) {
      expect(hashPhoneNumber(number)).toBe(
        '7132104d6aae9c3fac82095a42c2817952bca48e09d98d5bf4ac08218982fb90',
      );
    }
  });
});

describe('A DTO of an app', () => {
  class Order {
    @IsKenyanMobile({ message: 'Which phone?' })
    phone = '0712345678';

    @IsKenyanMobile({ each: true })
    others = ['0712345678'];

    @IsShillings({ min: 10, max: 70_000 })
    amount: number | string = 10;
  }

  it('takes what is right', () => {
    expect(validateSync(new Order())).toEqual([]);
  });

  it('is told what is wrong, in its own words where it has some', () => {
    const order = Object.assign(new Order(), {
      phone: '1',
      others: ['0712345678', '2'],
      amount: 9,
    });
    const problems = validateSync(order).flatMap(({ constraints }) =>
      Object.entries(constraints!),
    );
    expect(problems).toEqual([
      ['isKenyanMobile', 'Which phone?'],
      ['isKenyanMobile', expect.stringMatching(/others must be a Kenyan/)],
      [
        'isShillings',
        'amount must be whole shillings, from KSh 10 to KSh 70,000',
      ],
    ]);
  });
});
