import type { ValidationOptions } from 'class-validator';
import { fieldRule } from './field-rule.decorator.js';
import { checkShillings, type ShillingLimits } from './shillings.js';

/**
 * A class-validator rule for fields of your own DTOs: whole shillings (a number, a numeric text or a
 * `Money`) within these limits.
 *
 * @publicApi
 */
export function IsShillings(
  limits: ShillingLimits = {},
  options?: ValidationOptions,
): PropertyDecorator {
  return fieldRule('isShillings', (value) => checkShillings(value, limits), {
    subject: '$property ',
    ...options,
  });
}
