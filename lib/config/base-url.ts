import { isIP } from 'node:net';

/**
 * Says what is wrong with a base URL, or nothing where it is good: an origin, https everywhere,
 * http only on loopback.
 *
 * @internal
 */
export function baseUrlProblem(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) {
    return 'must be a URL such as https://api.kopokopo.com';
  }
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') {
    return 'must not hold a user name or password';
  }
  if (url.pathname !== '/' || /[?#]/.test(value)) {
    return 'must be an origin without path, query or fragment';
  }
  if (url.protocol === 'https:') return undefined;
  if (url.protocol === 'http:' && isLoopback(url.hostname)) return undefined;
  return 'must use https (http is for loopback addresses only)';
}

/** Judged by the address the URL parser made of it: `localhost.evil.example` is not loopback. */
function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]') return true;
  return isIP(hostname) === 4 && hostname.startsWith('127.');
}
