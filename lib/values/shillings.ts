import { Money } from './money.js';

/** Whole Kenyan shillings, from `min` to `max`, both included. @publicApi */
export interface ShillingLimits {
  /** The least. Default 1. */
  min?: number;
  /** The most. Default: none. */
  max?: number;
}

/** An amount of a request: `150`, `'150'` or a `Money`. @publicApi */
export type ShillingAmount = number | string | Money;

/** The whole shillings of an amount; `undefined` where it is none, or not whole. @internal */
export function shillingsOf(amount: unknown): number | undefined {
  const money = amount instanceof Money ? amount : Money.parse(amount);
  if (money === undefined || money.currency !== 'KES') return undefined;
  return money.cents % 100 === 0 ? money.cents / 100 : undefined;
}

/** Says what is wrong with an amount. @internal */
export function checkShillings(
  amount: unknown,
  { min = 1, max = Number.MAX_SAFE_INTEGER }: ShillingLimits,
): string | undefined {
  const shillings = shillingsOf(amount);
  if (shillings !== undefined && shillings >= min && shillings <= max) {
    return undefined;
  }
  const limits =
    max === Number.MAX_SAFE_INTEGER
      ? `of at least KSh ${grouped(min)}`
      : `from KSh ${grouped(min)} to KSh ${grouped(max)}`;
  return `must be whole shillings, ${limits}`;
}

function grouped(amount: number): string {
  return amount.toLocaleString('en-US');
}
