import {
  getMetadataStorage,
  Validate,
  ValidatorConstraint,
  type ValidationArguments,
  type ValidatorConstraintInterface,
} from 'class-validator';

/** Says what is wrong with a value, and what to do, or nothing where it is good. @internal */
export type OptionCheck = (value: unknown) => string | undefined;

/**
 * One class-validator rule that gives what is wrong with a field; its subject is put before it later.
 *
 * @internal
 */
export function Option(check: OptionCheck): PropertyDecorator {
  @ValidatorConstraint({ name: 'option' })
  class OptionConstraint implements ValidatorConstraintInterface {
    validate(value: unknown): boolean {
      return check(value) === undefined;
    }

    defaultMessage(args?: ValidationArguments): string {
      return check(args!.value)!;
    }
  }
  // An app may have told class-validator to get its rules from a Nest container, which knows none of ours.
  const instance = new OptionConstraint();
  for (const constraint of getMetadataStorage().getTargetValidatorConstraints(
    OptionConstraint,
  )) {
    Object.defineProperty(constraint, 'instance', { value: instance });
  }
  return Validate(OptionConstraint);
}

/** The field may be left out. @internal */
export function optional(check: OptionCheck): OptionCheck {
  return (value) => (value === undefined ? undefined : check(value));
}
