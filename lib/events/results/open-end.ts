import { createHash } from 'node:crypto';
import { isObject } from '../../api/answer/attributes.js';

/** Documents an account for ends whose id is known: processes take them in turn, and none grows with the traffic. */
const KNOWN_SHARDS = 32;

/** Further ones, which stay small: a request is there until it has its answer. */
const NAMELESS_SHARDS = 8;

/** @internal */
export const SHARDS = KNOWN_SHARDS + NAMELESS_SHARDS;

/** Ends that one document holds at the most, so that it stays below the limit of a store. */
const MOST = 2_000;

/** Milliseconds for which a document is kept behind its last change. @internal */
export const SHARD_KEPT = 7 * 24 * 3_600_000;

/**
 * A request whose end has not been handled. Times are the store's.
 *
 * @internal
 */
export interface OpenEnd {
  /** When the request was about to be sent. */
  since: number;
  /** When to look at it. */
  next: number;
  /** Milliseconds of the pause before that. */
  pause: number;
}

/** The open ends of one shard, by `{type}:{id}`, or `{type}:?{name}` while the id is not known. @internal */
export interface ShardDocument {
  /** Name that it was given when it was made: another one tells that the store has forgotten the first. */
  born?: string | undefined;
  /** The process that looks at them, and until when it says so. */
  lease?: { by: string; until: number } | undefined;
  ends: Record<string, OpenEnd>;
}

/** @internal */
export function endKey(type: string, id: string): string {
  return `${type}:${id}`;
}

/** Of a request without an id. @internal */
export function nameless(type: string, name: string): string {
  return `${type}:?${name}`;
}

/** Type and id of an end; no id where it is not known. @internal */
export function partsOf(key: string): { type: string; id?: string } {
  const colon = key.indexOf(':');
  const [type, id] = [key.slice(0, colon), key.slice(colon + 1)];
  return id.startsWith('?') ? { type } : { type, id };
}

/** Number of the shard that an end is in. @internal */
export function numberOf(key: string): number {
  const byte = createHash('sha256').update(key).digest()[0]!;
  return partsOf(key).id === undefined
    ? KNOWN_SHARDS + (byte % NAMELESS_SHARDS)
    : byte % KNOWN_SHARDS;
}

/** Is there room for one more? @internal */
export function hasRoom({ ends }: ShardDocument): boolean {
  return Object.keys(ends).length < MOST;
}

/** @internal */
export function shardText({ born, lease, ends }: ShardDocument): string {
  const rows = Object.entries(ends).map(([key, { since, next, pause }]) => [
    key,
    since,
    next,
    pause,
  ]);
  return JSON.stringify({ born, lease, ends: rows });
}

/** An empty one where it can't be read. @internal */
export function shardOf(document: string | undefined): ShardDocument {
  try {
    const read: unknown = JSON.parse(document ?? '');
    if (!isObject(read) || !Array.isArray(read.ends)) return { ends: {} };
    const rows = read.ends as unknown[];
    const ends = Object.fromEntries(
      rows
        .filter(isRow)
        .map(([key, since, next, pause]) => [key, { since, next, pause }]),
    );
    const born = typeof read.born === 'string' ? read.born : undefined;
    const { by, until } = { ...(read.lease as ShardDocument['lease']) };
    return typeof by === 'string' && typeof until === 'number'
      ? { born, ends, lease: { by, until } }
      : { born, ends };
  } catch {
    return { ends: {} };
  }
}

function isRow(row: unknown): row is [string, number, number, number] {
  if (!Array.isArray(row)) return false;
  const [key, ...times] = row as unknown[];
  return (
    typeof key === 'string' &&
    times.length === 3 &&
    times.every((time) => Number.isFinite(time))
  );
}
