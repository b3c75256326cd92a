import { requiredText } from './request.fields.js';
import { refuse } from './request.refusal.js';

const MOBILE = /^(?:\+?254|0)([17]\d{8})$/;

/** A Kenyan mobile number in any form that an official client sends, as `+254…`. @internal */
export function mobileNumber(value: unknown, name: string): string {
  const number = MOBILE.exec(requiredText(value, name))?.[1];
  return number ? `+254${number}` : refuse(`${name} is an invalid number`);
}

/** A number as send money wants it: `254…` without a plus. @internal */
export function payoutNumber(value: unknown): string {
  const text = requiredText(value, 'Phone number');
  return /^254\d{9}$/.test(text)
    ? text
    : refuse('Phone number has an invalid length or format');
}
