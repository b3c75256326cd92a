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

/** Has it these methods? */
const having =
  (methods: readonly string[], must: string): OptionCheck =>
  (value) =>
    methods.every(
      (name) =>
        typeof (value as Record<string, unknown> | null)?.[name] === 'function',
    )
      ? undefined
      : must;

/** @internal */
export const tokenStore = having(
  STORE_STEPS,
  'must be a TokenStore, such as a RedisTokenStore',
);

/** @internal */
export const store = having(
  ['read', 'swap', 'close'],
  'must be a KopoKopoStore, such as a RedisStore',
);

/** @internal */
export const deliveryQueue = having(
  ['add', 'remove', 'start', 'close'],
  'must be a KopoKopoDeliveryQueue, such as a BullMqDeliveryQueue',
);

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
