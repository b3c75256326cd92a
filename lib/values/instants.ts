/** Kenya is three hours before UTC, all the year. */
const OFFSET = 3 * 3_600_000;

const ISO =
  /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * The moment of a `Date` or of a text in ISO 8601; one without an offset is of East Africa.
 * `undefined` for anything else.
 *
 * @internal
 */
export function instantOf(value: unknown): Date | undefined {
  const date =
    value instanceof Date ? new Date(value.getTime()) : parsed(value);
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

function parsed(value: unknown): Date | undefined {
  if (typeof value !== 'string') return undefined;
  const found = ISO.exec(value);
  if (found === null) return undefined;
  if (found[1] !== undefined) return new Date(value);
  return new Date(
    value.includes('T') ? `${value}+03:00` : `${value}T00:00+03:00`,
  );
}

/** The moment as Kopo Kopo writes it: `2026-08-01T09:15:00+03:00`. @internal */
export function eastAfricaTime(date: Date): string {
  const local = new Date(date.getTime() + OFFSET).toISOString();
  return local.replace(/(?:\.000)?Z$/, '+03:00');
}

const DARAJA = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/;

/** The moment of Daraja's `20260801091530`, which is East Africa Time (API page, §6.3). @internal */
export function darajaInstantOf(value: string): Date | undefined {
  return DARAJA.test(value)
    ? instantOf(value.replace(DARAJA, '$1-$2-$3T$4:$5:$6'))
    : undefined;
}
