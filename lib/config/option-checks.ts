import type { OptionCheck } from './option-rule.decorator.js';

/** setTimeout fires at once beyond this. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Credentials and header values: visible ASCII without spaces, as a form or a header can carry them. @internal */
export const credential: OptionCheck = (value) => {
  if (value === undefined || value === null || value === '')
    return 'is missing';
  if (typeof value !== 'string') return 'must be a text';
  if (value.trim() !== value) return 'has white space around it';
  // oxlint-disable-next-line eslint/no-control-regex -- control characters are what it looks for
  return /[\u0000-\u001f\u007f]/.test(value)
    ? 'has control characters in it'
    : undefined;
};

/** @internal */
export const clientSecret: OptionCheck = (value) => {
  if (typeof value === 'function') return undefined;
  if (!Array.isArray(value)) return credential(value);
  if (value.length === 0) return 'is an empty list';
  // Array.from sees the gaps of a sparse list.
  const problem = Array.from(value, credential).find(
    (found) => found !== undefined,
  );
  return problem === undefined ? undefined : `has an entry that ${problem}`;
};

/** @internal */
export const headerText: OptionCheck = (value) =>
  typeof value === 'string' && /^[\x21-\x7e][\x20-\x7e]*$/.test(value)
    ? undefined
    : 'must be printable ASCII text';

/** @internal */
export const version: OptionCheck = (value) =>
  typeof value === 'string' && /^v[1-9]\d*$/.test(value)
    ? undefined
    : 'must be a version such as v2';

/** @internal */
export const milliseconds: OptionCheck = (value) =>
  Number.isInteger(value) &&
  (value as number) >= 1 &&
  (value as number) <= LONGEST_TIMER
    ? undefined
    : `must be a whole number of milliseconds from 1 to ${LONGEST_TIMER}`;

/** @internal */
export const flag: OptionCheck = (value) =>
  typeof value === 'boolean' ? undefined : 'must be true or false';

/** @internal */
export const between =
  (low: number, high: number): OptionCheck =>
  (value) =>
    typeof value === 'number' && value >= low && value <= high
      ? undefined
      : `must be a number from ${low} to ${high}`;

/** @internal */
export const wholeBetween =
  (low: number, high: number): OptionCheck =>
  (value) =>
    Number.isInteger(value) && between(low, high)(value) === undefined
      ? undefined
      : `must be a whole number from ${low} to ${high}`;

/** @internal */
export const oneOf =
  (...choices: readonly string[]): OptionCheck =>
  (value) =>
    choices.includes(value as string)
      ? undefined
      : `must be one of ${choices.join(', ')}`;

const STORE_STEPS = [
  'beat',
  'lease',
  'release',
  'publish',
  'coolDown',
  'invalidate',
  'leave',
  'claim',
  'settle',
  'close',
];

/** @internal */
export const tokenStore: OptionCheck = (value) =>
  STORE_STEPS.every(
    (step) =>
      typeof (value as Record<string, unknown> | null)?.[step] === 'function',
  )
    ? undefined
    : 'must be a TokenStore, such as a RedisTokenStore';

/** @internal */
export const agent: OptionCheck = (value) =>
  typeof (value as { addRequest?: unknown } | null)?.addRequest === 'function'
    ? undefined
    : 'must be an agent of node:http or node:https';

/** @internal */
export const proxy: OptionCheck = (value) => {
  if (value === false) return undefined;
  const { host, port } = { ...(value as { host?: unknown; port?: unknown }) };
  const isProxy =
    typeof host === 'string' &&
    host !== '' &&
    wholeBetween(1, 65_535)(port) === undefined;
  return isProxy ? undefined : 'must be false, or have a host and a port';
};

/** @internal */
export const plainObject: OptionCheck = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? undefined
    : 'must be an object';
