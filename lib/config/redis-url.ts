/**
 * Says what is wrong with the URL of a Redis, or nothing where it is good.
 *
 * @internal
 */
export function redisUrlProblem(value: unknown): string | undefined {
  const isGood =
    typeof value === 'string' &&
    /^rediss?:\/\//.test(value) &&
    isReadable(value);
  return isGood
    ? undefined
    : 'must be a URL that begins with redis:// or rediss:// and names a host; special characters in its password are percent-encoded';
}

/** `URL` takes percent signs as they come; who decodes the password then throws. */
function isReadable(url: string): boolean {
  try {
    decodeURIComponent(url);
    return new URL(url).hostname !== '';
  } catch {
    return false;
  }
}
