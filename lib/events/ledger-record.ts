import { isObject } from '../api/answer/attributes.js';

/** Milliseconds for which a process has a delivery before it must say so again. @internal */
export const LEASE = 30_000;

/** Milliseconds for which it is known what was handled. @internal */
export const KEPT = 7 * 24 * 3_600_000;

/** The record of a delivery in the store. @internal */
export interface LedgerRecord {
  /** Whether a process has it. */
  state: 'claimed' | 'open';
  /** When the claim lapses, by the store's clock. */
  until: number;
  /** Handlers that have succeeded. */
  handled: readonly string[];
}

/** @internal */
export function recordText(record: LedgerRecord): string {
  return JSON.stringify(record);
}

/** Nothing where it can't be read: then the delivery is handled again. @internal */
export function recordOf(
  document: string | undefined,
  now: number,
): LedgerRecord | undefined {
  if (document === undefined) return undefined;
  try {
    const read: unknown = JSON.parse(document);
    if (!isObject(read)) return undefined;
    const { state, until, handled } = read;
    const isRecord =
      (state === 'claimed' || state === 'open') &&
      typeof until === 'number' &&
      Array.isArray(handled);
    // No claim is made for longer, whatever a clock has said.
    const lapses = Math.min(Number(until), now + 2 * LEASE);
    return isRecord ? { state, until: lapses, handled } : undefined;
  } catch {
    return undefined;
  }
}
