const OFFSET_MS = 3 * 60 * 60 * 1000;

/** ISO 8601 with milliseconds, as Kopo Kopo writes it: East Africa Time, `+03:00`. @internal */
export function isoTime(at: Date): string {
  const shifted = new Date(at.getTime() + OFFSET_MS);
  return shifted.toISOString().replace('Z', '+03:00');
}

/** The same without milliseconds. @internal */
export function isoSeconds(at: Date): string {
  return isoTime(at).replace(/\.\d{3}/, '');
}

/** `YYYYMMDDHHmmss` in East Africa Time, without a zone, as Daraja writes it. @internal */
export function compactTime(at: Date): string {
  return isoTime(at).replace(/\D/g, '').slice(0, 14);
}
