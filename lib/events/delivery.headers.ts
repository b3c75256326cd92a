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
  const values = Object.entries(headers)
    .filter(([key, value]) => key.toLowerCase() === name && value !== undefined)
    .flatMap(([, value]) => value as string | readonly string[]);
  return values.length === 1 ? values[0] : undefined;
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
