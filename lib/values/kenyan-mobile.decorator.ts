import type { ValidationOptions } from 'class-validator';
import { fieldRule } from './field-rule.decorator.js';
import { isKenyanMobile, PHONE_FORM } from './phone-number.js';

/**
 * A class-validator rule for fields of your own DTOs: a Kenyan mobile number in any form that
 * `normalizePhoneNumber` takes.
 *
 * @publicApi
 */
export function IsKenyanMobile(options?: ValidationOptions): PropertyDecorator {
  return fieldRule(
    'isKenyanMobile',
    (value) => (isKenyanMobile(value) ? undefined : PHONE_FORM),
    { subject: '$property ', ...options },
  );
}
