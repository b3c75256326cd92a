/**
 * Seconds that a `Retry-After` header asks to wait (RFC 9110 §10.2.3: seconds or a date), or nothing
 * where it can't be read.
 *
 * @internal
 */
export function parseRetryAfter(
  value: unknown,
  now: number = Date.now(),
): number | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text);
  // Only the date form of HTTP: Date.parse alone would also read "-1" as a year.
  if (!/^[A-Z][a-z]{2},? .*GMT$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at)
    ? undefined
    : Math.max(0, Math.ceil((at - now) / 1_000));
}
