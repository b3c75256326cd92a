import { randomUUID } from 'node:crypto';
import type { SwapResult } from '../../store/kopokopo-store.interface.js';
import type { TimedStore } from '../../store/timed-store.js';
import type { Timers } from '../../time/timers.js';
import type { JournalRecord } from './journal-record.js';

/** Where the entry of a reference stands, and what was asked for. @internal */
export interface JournalEntry {
  key: string;
  content: string;
  /** Milliseconds for which the store keeps it. */
  kept: number;
}

/** Milliseconds after which an entry is written again that a store did not take. */
const AGAIN = [1_000, 5_000, 30_000];

/** The right to write the entry of a reference, by its version. @internal */
export class JournalClaim {
  constructor(
    private readonly entry: JournalEntry,
    private readonly version: string,
    private readonly store: TimedStore,
  ) {}

  /** Is what stands there this claim's? A version is never used twice. */
  isOwn(version: string | undefined): boolean {
    return version === this.version;
  }

  /** The request is about to be sent, where `expected` is what stands there. */
  async begin(
    expected: string | undefined,
    lease: number,
  ): Promise<SwapResult> {
    const { key, content, kept } = this.entry;
    const until = (await this.store.now(key)) + lease;
    return this.store.swap(key, expected, {
      document: textOf({ state: 'sending', content, until }),
      version: this.version,
      ttl: kept,
    });
  }

  /** The request has ended. An entry that was changed meanwhile is a later one: nothing is written over it. */
  async end(end: Omit<JournalRecord, 'content'>): Promise<void> {
    const { key, content, kept } = this.entry;
    const next = {
      document: textOf({ ...end, content }),
      version: randomUUID(),
      ttl: kept,
    };
    const found = await this.store.swap(key, this.version, next);
    if (found.swapped || found.document !== undefined) return;
    if (end.state !== 'refused') await this.store.swap(key, undefined, next);
  }

  /** Beside the caller, who is answered already. */
  endLater(
    end: Omit<JournalRecord, 'content'>,
    timers: Timers,
    [pause, ...pauses] = AGAIN,
  ): void {
    if (pause === undefined) return;
    timers.later(pause, () => {
      this.end(end).catch(() => this.endLater(end, timers, pauses));
    });
  }
}

function textOf(record: JournalRecord): string {
  return JSON.stringify(record);
}
