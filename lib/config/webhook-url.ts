import { isLoopback } from './base-url.js';
import type { OptionCheck } from './option-rule.decorator.js';

/** Parts of a path that mean nothing to a router. */
const PATH = /^\/?[\w.~-]+(?:\/[\w.~-]+)*\/?$/;

/** @internal */
export const webhookPathProblem: OptionCheck = (value) =>
  typeof value === 'string' && PATH.test(value)
    ? undefined
    : 'must be a path of letters, digits, . _ ~ - and slashes, such as /kopokopo/webhooks';

/** @internal */
export const publicUrlProblem: OptionCheck = (value) => {
  const must = 'must be a URL with https, such as https://shop.example';
  if (typeof value !== 'string' || !URL.canParse(value)) return must;
  const { protocol, hostname, search, hash, username } = new URL(value);
  if (search !== '' || hash !== '' || username !== '') {
    return 'must have nothing behind its path, and no user';
  }
  const isOpen = protocol === 'http:' && isLoopback(hostname);
  return protocol === 'https:' || isOpen ? undefined : must;
};
