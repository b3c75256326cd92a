import { strayProblem } from './stray-characters.js';

/**
 * Says what is wrong with the URL of a Redis, or nothing where it is good.
 *
 * @internal
 */
export function redisUrlProblem(value: unknown): string | undefined {
  const stray = typeof value === 'string' ? strayProblem(value) : undefined;
  if (stray !== undefined) return stray;
  const isGood =
    typeof value === 'string' &&
    /^rediss?:\/\//.test(value) &&
    isReadable(value);
  if (isGood) return databaseProblem(new URL(value));
  return 'must be a URL that begins with redis:// or rediss:// and names a host; special characters in its password are percent-encoded';
}

/** ioredis would select it as NaN, and end the process with what the server says to that. */
function databaseProblem({ pathname, searchParams }: URL): string | undefined {
  const named = [pathname.slice(1), ...searchParams.getAll('db')];
  return named.every((name) => /^\d*\/?$/.test(name))
    ? undefined
    : 'names a database that is no number; a right one is redis://host:6379/1';
}

/** `URL` takes percent signs as they come; who decodes the password then throws. */
function isReadable(url: string): boolean {
  try {
    decodeURIComponent(url);
    // An unescaped # in a password cuts the URL in two.
    const { hostname, hash } = new URL(url);
    return hostname !== '' && hash === '';
  } catch {
    return false;
  }
}
