/**
 * Headers of a delivery: Node's, those of a Fetch `Request`, or a plain object in any case.
 *
 * @publicApi
 */
export type KopoKopoDeliveryHeaders =
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | {
      /** Value of a header, `null` where there is none. */
      get(name: string): string | null;
    };

/** The one value of a header; nothing where there is none, or more than one. @internal */
export function headerOf(
  headers: KopoKopoDeliveryHeaders,
  name: string,
): string | undefined {
  if (isFetchHeaders(headers)) return headers.get(name) ?? undefined;
  let found: string | readonly string[] | undefined;
  for (const key of Object.keys(headers)) {
    if (key.length !== name.length || key.toLowerCase() !== name) continue;
    const value = headers[key];
    if (value === undefined) continue;
    if (found !== undefined) return undefined;
    found = value;
  }
  if (found === undefined || typeof found === 'string') return found;
  return found.length === 1 ? found[0] : undefined;
}

function isFetchHeaders(
  headers: KopoKopoDeliveryHeaders,
): headers is { get(name: string): string | null } {
  return typeof headers.get === 'function';
}

/** Bytes that are encoded are not those that were signed. @internal */
export function isEncoded(headers: KopoKopoDeliveryHeaders): boolean {
  const encoding = headerOf(headers, 'content-encoding') ?? '';
  return !/^(?:identity)?$/i.test(encoding.trim());
}
