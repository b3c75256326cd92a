import {
  getMetadataStorage,
  Validate,
  type ValidationArguments,
  type ValidationOptions,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';

/**
 * Says what is wrong with a value, as the end of a sentence, or nothing where it is good; `owner` is the
 * object whose field it is.
 *
 * @internal
 */
export type FieldCheck = (value: unknown, owner?: object) => string | undefined;

/**
 * A class-validator rule made of a check: its message is `subject` and what the check says.
 *
 * @internal
 */
export function fieldRule(
  name: string,
  check: FieldCheck,
  { subject = '', ...options }: ValidationOptions & { subject?: string } = {},
): PropertyDecorator {
  @ValidatorConstraint({ name })
  class FieldConstraint implements ValidatorConstraintInterface {
    validate(value: unknown, args?: ValidationArguments): boolean {
      return check(value, args?.object) === undefined;
    }

    defaultMessage({ value, object }: ValidationArguments): string {
      const all: unknown[] =
        options.each && Array.isArray(value) ? value : [value];
      const problems = all.map((one) => check(one, object));
      return `${subject}${problems.find((text) => text !== undefined)}`;
    }
  }
  // An app may have told class-validator to get its rules from a Nest container, which knows none of ours.
  const instance = new FieldConstraint();
  for (const constraint of getMetadataStorage().getTargetValidatorConstraints(
    FieldConstraint,
  )) {
    Object.defineProperty(constraint, 'instance', { value: instance });
  }
  return Validate(FieldConstraint, options);
}
