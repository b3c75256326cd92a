import { fieldRule } from '../values/field-rule.decorator.js';

/** Says what is wrong with a value, and what to do, or nothing where it is good. @internal */
export type OptionCheck = (value: unknown) => string | undefined;

/**
 * One class-validator rule that gives what is wrong with a field; its subject is put before it later.
 *
 * @internal
 */
export function Option(check: OptionCheck): PropertyDecorator {
  return fieldRule('option', check);
}

/** The field may be left out. @internal */
export function optional(check: OptionCheck): OptionCheck {
  return (value) => (value === undefined ? undefined : check(value));
}
