import { ValidateBy } from 'class-validator';

/** Says what is wrong with a value, or nothing where it is good. @internal */
export type OptionCheck = (value: unknown) => string | undefined;

/**
 * One class-validator rule that gives the whole sentence for a field.
 *
 * @internal
 */
export function Option(check: OptionCheck, fix?: string): PropertyDecorator {
  return ValidateBy({
    name: 'option',
    validator: {
      validate: (value) => check(value) === undefined,
      defaultMessage: (args) => {
        const problem = `${args!.property} ${check(args!.value)}`;
        return fix === undefined ? `${problem}.` : `${problem}; ${fix}.`;
      },
    },
  });
}

/** The field may be left out. @internal */
export function optional(check: OptionCheck): OptionCheck {
  return (value) => (value === undefined ? undefined : check(value));
}
