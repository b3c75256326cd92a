import { shortHash } from '../../values/short-hash.js';

/**
 * A hash of the content of a request, whatever the order of its keys.
 *
 * @internal
 */
export function contentHash(content: object): string {
  return shortHash(JSON.stringify(content, sorted));
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value;
  }
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}
