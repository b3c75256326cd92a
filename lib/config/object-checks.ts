import { isWhole } from './option-checks.js';
import type { OptionCheck } from './option-rule.decorator.js';

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
export const store: OptionCheck = (value) =>
  ['read', 'swap', 'close'].every(
    (step) =>
      typeof (value as Record<string, unknown> | null)?.[step] === 'function',
  )
    ? undefined
    : 'must be a KopoKopoStore, such as a RedisStore';

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
    typeof host === 'string' && host !== '' && isWhole(port, 1, 65_535);
  return isProxy ? undefined : 'must be false, or have a host and a port';
};

/** @internal */
export const plainObject: OptionCheck = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? undefined
    : 'must be an object';
