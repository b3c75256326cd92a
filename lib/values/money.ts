import { inspect } from 'node:util';
import { KopoKopoValidationError } from '../errors/validation.error.js';

/** Digits, and up to two places; more places only where they are zeros. */
const DECIMAL = /^(-?)(\d{1,16})(?:\.(\d{1,2})0*)?$/;

/**
 * An amount of money, exact to the cent. It is made of what Kopo Kopo sends (`"150.0"`, `150`, `1500`,
 * `"313"`; API page, §3) without a float and without rounding. Immutable.
 *
 * @publicApi
 */
export class Money {
  private constructor(
    /** Cents; a safe integer, negative for a debt. */
    readonly cents: number,
    /** ISO 4217 code; Kopo Kopo knows `KES`. */
    readonly currency: string,
  ) {
    Object.freeze(this);
  }

  /**
   * The money of an amount in whole units: `Money.of('150.50')`, `Money.of(150)`.
   *
   * @throws KopoKopoValidationError for what is no amount, has more than two places, or more than
   * 9,007,199,254,740,991 cents
   */
  static of(amount: string | number, currency = 'KES'): Money {
    const money = Money.parse(amount, currency);
    if (money !== undefined) return money;
    throw new KopoKopoValidationError(
      'The amount must be a decimal number with at most two places, such as 150 or "150.50".',
    );
  }

  /** The money of an amount that somebody sent; `undefined` for what is none or can't be told exactly. */
  static parse(amount: unknown, currency = 'KES'): Money | undefined {
    if (typeof amount !== 'string' && typeof amount !== 'number') {
      return undefined;
    }
    const [, sign, whole, places = ''] =
      DECIMAL.exec(String(amount).trim()) ?? [];
    if (whole === undefined) return undefined;
    const cents = Number(whole + places.padEnd(2, '0'));
    if (!Number.isSafeInteger(cents)) return undefined;
    return new Money(sign === '-' && cents > 0 ? -cents : cents, currency);
  }

  /** The money of so many cents. @throws KopoKopoValidationError unless it is a safe integer */
  static ofCents(cents: number, currency = 'KES'): Money {
    if (Number.isSafeInteger(cents)) return new Money(cents + 0, currency);
    throw new KopoKopoValidationError('The cents must be a safe integer.');
  }

  /** The amount with two places: `'150.00'`. */
  get value(): string {
    const digits = String(Math.abs(this.cents)).padStart(3, '0');
    const sign = this.cents < 0 ? '-' : '';
    return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
  }

  /** Are both the same amount of the same currency? */
  equals(other: Money): boolean {
    return this.cents === other.cents && this.currency === other.currency;
  }

  /**
   * Below 0 where this is less than the other, 0 where it is as much, above 0 where it is more.
   *
   * @throws KopoKopoValidationError for two currencies
   */
  compare(other: Money): number {
    if (this.currency === other.currency) return this.cents - other.cents;
    throw new KopoKopoValidationError(
      `${this.currency} and ${other.currency} can not be compared.`,
    );
  }

  /** `{ currency: 'KES', value: '150.00' }`. */
  toJSON(): { currency: string; value: string } {
    return { currency: this.currency, value: this.value };
  }

  /** `KES 150.00`. */
  toString(): string {
    return `${this.currency} ${this.value}`;
  }

  /** @internal */
  [inspect.custom](): string {
    return `Money(${this.toString()})`;
  }
}
