import { isObject } from '../answer/attributes.js';

/** Milliseconds for which it is known what was asked for by a reference: 30 days. @internal */
export const REMEMBERED = 30 * 24 * 3_600_000;

/**
 * The state of a reference.
 *
 * - `sending`: a process is about to send the request, or has sent it and waits for the answer. Past `until`
 *   that process is gone, and the outcome is unknown.
 * - `requested`: Kopo Kopo has accepted it; it has an id.
 * - `refused`: nothing was accepted; the reference is free.
 * - `unknown`: it may have been accepted.
 *
 * @internal
 */
export type JournalState = 'sending' | 'requested' | 'refused' | 'unknown';

/** What stands in the store under a reference: an id, a state and a hash. @internal */
export interface JournalRecord {
  state: JournalState;
  /** Hash of what was asked for. */
  content: string;
  /** Until when a process sends it, by the store's clock. */
  until?: number;
  /** Id of the resource that was created. */
  id?: string;
}

const STATES: readonly unknown[] = [
  'sending',
  'requested',
  'refused',
  'unknown',
];

/** The record of a document; `undefined` where it can't be read, which means an unknown outcome. @internal */
export function journalRecordOf(document: string): JournalRecord | undefined {
  try {
    const read: unknown = JSON.parse(document);
    if (!isObject(read) || !STATES.includes(read.state)) return undefined;
    const { state, content, until, id } = read as Record<string, unknown>;
    const isComplete =
      typeof content === 'string' &&
      (state !== 'sending' || Number.isFinite(until)) &&
      (state !== 'requested' || typeof id === 'string');
    return isComplete ? (read as unknown as JournalRecord) : undefined;
  } catch {
    return undefined;
  }
}
