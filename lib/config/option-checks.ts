import type { OptionCheck } from './option-rule.decorator.js';
import { cleaned, shown, strayProblem } from './stray-characters.js';

/** setTimeout fires at once beyond this. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** What a credential lacks that is not there at all. @internal */
export const MISSING = 'is missing';

/** A text, looked through for what does not belong to it first. */
const text =
  (check: (value: string) => string | undefined, must: string): OptionCheck =>
  (value) =>
    typeof value === 'string' ? (strayProblem(value) ?? check(value)) : must;

/** Credentials: what a form or a header can carry. @internal */
export const credential: OptionCheck = (value) =>
  value === undefined || value === null || value === ''
    ? MISSING
    : text(() => undefined, 'must be a text')(value);

/** One, a list of them, or a function that gives them. */
const credentials =
  (what: string): OptionCheck =>
  (value) => {
    if (typeof value === 'function') return undefined;
    if (!Array.isArray(value)) return credential(value);
    if (value.length === 0) return `is an empty list; put ${what} into it`;
    // Array.from sees the gaps of a sparse list.
    const problem = Array.from(value, credential).find(
      (found) => found !== undefined,
    );
    if (problem === MISSING) return 'has an empty entry; remove it';
    return problem === undefined ? undefined : `has an entry that ${problem}`;
  };

/** @internal */
export const clientSecret = credentials('a secret');

/** @internal */
export const apiKey = credentials('a key');

const NO_HEADER = 'must be printable ASCII text';

/** @internal */
export const headerText: OptionCheck = text(
  (value) => (/^[\x20-\x7e]+$/.test(value) ? undefined : NO_HEADER),
  NO_HEADER,
);

const NO_VERSION = 'must be a version such as v2';

/** @internal */
export const version: OptionCheck = text(
  (value) => (/^v[1-9]\d*$/.test(value) ? undefined : NO_VERSION),
  NO_VERSION,
);

/** A number or a boolean that came as a text: the cause is what does not belong to it, where something does not. */
const fromText =
  (check: OptionCheck): OptionCheck =>
  (value) => {
    const problem = check(value);
    return problem !== undefined && typeof value === 'string'
      ? (strayProblem(value) ?? problem)
      : problem;
  };

/** @internal */
export const milliseconds = fromText((value) =>
  isWhole(value, 1, LONGEST_TIMER)
    ? undefined
    : `must be a whole number of milliseconds from 1 to ${LONGEST_TIMER}`,
);

/** @internal */
export const flag = fromText((value) =>
  typeof value === 'boolean' ? undefined : 'must be true or false',
);

/** @internal */
export const between = (low: number, high: number): OptionCheck =>
  fromText((value) =>
    typeof value === 'number' && value >= low && value <= high
      ? undefined
      : `must be a number from ${low} to ${high}`,
  );

/** @internal */
export const wholeBetween = (low: number, high: number): OptionCheck =>
  fromText((value) =>
    isWhole(value, low, high)
      ? undefined
      : `must be a whole number from ${low} to ${high}`,
  );

/** @internal */
export function isWhole(value: unknown, low: number, high: number): boolean {
  return (
    Number.isInteger(value) &&
    (value as number) >= low &&
    (value as number) <= high
  );
}

/**
 * A wrong value is shown where it is a right one but for what does not belong to it: it might be a
 * secret on a wrong line else.
 *
 * @internal
 */
export const oneOf =
  (...choices: readonly string[]): OptionCheck =>
  (value) => {
    if (choices.includes(value as string)) return undefined;
    const must = `must be one of ${choices.join(', ')}`;
    if (typeof value !== 'string') return must;
    const problem = strayProblem(value) ?? must;
    return choices.includes(cleaned(value).toLowerCase())
      ? `${problem}; it is ${shown(value)}`
      : problem;
  };
