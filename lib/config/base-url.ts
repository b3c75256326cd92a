import { isIP } from 'node:net';
import { ORIGINS } from './options.defaults.js';
import { strayProblem } from './stray-characters.js';

/** Hosts of Kopo Kopo that people take for the API: the dashboard issues tokens, but answers 403 to every API call. */
const NO_API = new Map([
  ['app.kopokopo.com', 'the dashboard, which refuses API calls'],
  ['kopokopo.com', 'a website'],
  ['kopokopo.co.ke', 'a website'],
  ['developers.kopokopo.com', 'the documentation'],
  ['api-docs.kopokopo.com', 'the documentation'],
]);

/**
 * Says what is wrong with a base URL and what to do, or nothing where it is good: an origin, https
 * everywhere, http only on loopback.
 *
 * @internal
 */
export function baseUrlProblem(value: unknown): string | undefined {
  const stray = typeof value === 'string' ? strayProblem(value) : undefined;
  if (stray !== undefined) return stray;
  if (typeof value !== 'string' || !URL.canParse(value)) {
    return `must be a URL such as ${ORIGINS.production}`;
  }
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') {
    return 'must not hold a user name or password; remove them';
  }
  return hostProblem(url) ?? schemeProblem(url) ?? pathProblem(url, value);
}

function hostProblem({ hostname }: URL): string | undefined {
  const host = hostname.replace(/\.$/, '');
  const what = NO_API.get(host.replace(/^www\./, ''));
  if (what !== undefined) {
    return `leads to ${what}; set it to ${ORIGINS.production}, or set the environment to production in its place`;
  }
  return host === hostname
    ? undefined
    : 'names a host that ends with a dot; remove the dot';
}

function schemeProblem({ protocol, hostname }: URL): string | undefined {
  if (protocol === 'https:') return undefined;
  if (protocol === 'http:' && isLoopback(hostname)) return undefined;
  return 'must use https (http is for loopback addresses only)';
}

/** `?` and `#` with nothing behind them leave no trace in a URL. */
function pathProblem(
  { pathname, origin }: URL,
  value: string,
): string | undefined {
  return pathname === '/' && !/[?#]/.test(value)
    ? undefined
    : `must be an origin without path, query or fragment; set it to ${origin}`;
}

/** Judged by the address the URL parser made of it: `localhost.evil.example` is not loopback. @internal */
export function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]') return true;
  return isIP(hostname) === 4 && hostname.startsWith('127.');
}
