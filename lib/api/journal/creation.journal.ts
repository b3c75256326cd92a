import type { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { instanceLogger } from '../../config/instance-logger.js';
import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import { isKopoKopoError } from '../../errors/kopokopo.error.js';
import { abortReason } from '../../http/abort-reason.js';
import { unlessAborted } from '../../http/unless-aborted.js';
import type { StoreKeeper } from '../../store/store-keeper.js';
import { TimedStore } from '../../store/timed-store.js';
import type { Runtime } from '../../time/runtime.js';
import { shortHash } from '../../values/short-hash.js';
import { contentHash } from './content-hash.js';
import { type JournalEntry, JournalClaim } from './journal.claim.js';
import {
  type JournalRecord,
  journalRecordOf,
  REMEMBERED,
} from './journal-record.js';
import {
  mayBeAccepted,
  storeAway,
  usedForAnother,
} from './reference-refusals.js';

/** A request that is made once for its reference. @internal */
export interface Creation {
  /** Kopo Kopo's word for the kind of request. */
  type: string;
  path: string;
  reference: string;
  /** The body, without links: results of the same payment may be sent elsewhere. */
  content: object;
  /** Milliseconds that one attempt may take. */
  timeout: number | undefined;
  signal?: AbortSignal | undefined;
  /** Milliseconds for which it is known. Default 30 days. */
  kept?: number | undefined;
  /** Sends it; gives the id of what was created. */
  send: () => Promise<string>;
}

/** Milliseconds between two looks at a request that another process sends. */
const PAUSE = 100;
const LONGEST_PAUSE = 1_000;

/** Milliseconds that a sender may be busy with other things. */
const SLACK = 10_000;

/**
 * Makes a request once for its reference, whatever number of processes ask and however they end: an entry in the
 * store goes before the request. States: nothing or refused → sending → requested, refused or unknown
 * (`journal-record.ts`). Only `refused` leads to another request.
 *
 * @internal
 */
export class CreationJournal {
  private readonly logger: Logger;
  private readonly store: TimedStore;
  private readonly scope: string;
  /** Requests of this process, whose callers share one answer. */
  private readonly underWay = new Map<string, Shared>();
  private isAway = false;

  constructor(
    private readonly keeper: StoreKeeper,
    private readonly options: ResolvedOptions,
    private readonly runtime: Runtime,
  ) {
    const { origin, clientId } = options;
    this.store = new TimedStore(keeper.open(), () => runtime.clock.wall());
    this.scope = JSON.stringify([origin, clientId]);
    this.logger = instanceLogger('Journal', options);
  }

  /**
   * The id of what was created, now or before.
   *
   * @throws KopoKopoReferenceError where nothing is sent
   * @throws KopoKopoError of the request that was sent
   */
  async once(creation: Creation): Promise<string> {
    const key = this.keyOf(creation.type, creation.reference);
    const content = contentHash(creation.content);
    for (;;) {
      const shared = this.underWay.get(key);
      if (shared === undefined) break;
      if (shared.content !== content) throw usedForAnother(creation);
      try {
        return await unlessAborted(shared.id, creation.signal);
      } catch (error) {
        if (!hasLeft(error) || creation.signal?.aborted) throw error;
        // Another caller gave up before anything was sent: this one takes its turn.
      }
    }
    const { kept = REMEMBERED } = creation;
    const id = this.made(creation, { key, content, kept });
    this.underWay.set(key, { content, id });
    try {
      return await id;
    } finally {
      this.underWay.delete(key);
    }
  }

  /** A result carries the reference: the request was accepted. Never rejects. */
  async accepted(type: string, reference: string, id: string): Promise<void> {
    const key = this.keyOf(type, reference);
    try {
      await this.keeper.during(async () => {
        const { document, version } = await this.store.read(key);
        if (document === undefined) return;
        const record = journalRecordOf(document);
        // Even `refused`: something on the way may have said so of a request that came through.
        if (record === undefined || record.state === 'requested') return;
        const { content } = record;
        const entry = { key, content, kept: REMEMBERED };
        const claim = new JournalClaim(entry, version!, this.store);
        await claim.end({ state: 'requested', id });
      });
    } catch {
      // The outcome stays unknown: the next result may tell.
    }
  }

  private async made(creation: Creation, entry: JournalEntry): Promise<string> {
    const found = await this.claimed(creation, entry);
    return typeof found === 'string' ? found : this.sent(creation, found);
  }

  private async sent(creation: Creation, claim: JournalClaim): Promise<string> {
    return this.keeper.during(async () => {
      try {
        const id = await creation.send();
        await this.recorded(claim, { state: 'requested', id });
        return id;
      } catch (error) {
        // An error that is none of ours tells nothing.
        const outcome = isKopoKopoError(error) ? error.outcome : 'unknown';
        const state = outcome === 'unknown' ? 'unknown' : 'refused';
        await this.recorded(claim, { state });
        throw error;
      }
    });
  }

  /** The right to send it, or the id that it has. */
  private async claimed(
    creation: Creation,
    entry: JournalEntry,
  ): Promise<JournalClaim | string> {
    const version = randomUUID();
    const claim = new JournalClaim(entry, version, this.store);
    try {
      const id = await this.agreed(creation, entry, claim);
      this.isAway = false;
      return id ?? claim;
    } catch (error) {
      if (isKopoKopoError(error)) throw error;
      return this.withoutStore(creation, claim);
    }
  }

  /** Waits where another process is at it; nothing where the entry is this one's. */
  private async agreed(
    creation: Creation,
    entry: JournalEntry,
    claim: JournalClaim,
  ): Promise<string | undefined> {
    const lease = this.leaseOf(creation);
    const begun = this.runtime.clock.now();
    let waited = 0;
    let expected: string | undefined;
    for (let pause = PAUSE; ;) {
      if (creation.signal?.aborted) {
        throw abortReason(creation.signal, 'not-sent');
      }
      const found = await claim.begin(expected, lease);
      // A store may make a step twice, where its connection broke.
      if (found.swapped || claim.isOwn(found.version)) return undefined;
      const record = journalRecordOf(found.document ?? '');
      if (found.document === undefined) expected = undefined;
      else if (record?.state === 'refused') expected = found.version;
      else if (
        record?.state === 'sending' &&
        found.now < record.until! &&
        waited < lease
      ) {
        checkContent(record, entry, creation);
        await this.runtime.timers.pause(pause, creation.signal);
        waited = this.runtime.clock.now() - begun;
        pause = Math.min(pause * 1.5, LONGEST_PAUSE);
      } else {
        checkContent(record, entry, creation);
        if (record?.state === 'requested') return record.id!;
        throw mayBeAccepted(creation);
      }
    }
  }

  private withoutStore(creation: Creation, claim: JournalClaim): JournalClaim {
    const isSent = this.options.journal === 'best-effort';
    if (!this.isAway) {
      this.logger.warn(
        `The store is out of reach: requests with a reference are ${isSent ? 'sent all the same, and one that is repeated is sent twice' : 'refused until it is back'}.`,
      );
    }
    this.isAway = true;
    if (isSent) return claim;
    // The entry may stand there after all.
    claim.endLater({ state: 'refused' }, this.runtime.timers);
    throw storeAway(creation);
  }

  /** The request has its answer, whatever the store says. */
  private async recorded(
    claim: JournalClaim,
    end: Omit<JournalRecord, 'content'>,
  ): Promise<void> {
    try {
      await claim.end(end);
    } catch {
      claim.endLater(end, this.runtime.timers);
    }
  }

  /** A request is sent twice at the most, each time with a token: past that, its sender is gone. */
  private leaseOf({ timeout = this.options.timeout }: Creation): number {
    return 2 * (timeout + this.options.token.mintBudget) + SLACK;
  }

  private keyOf(type: string, reference: string): string {
    const name = JSON.stringify([this.scope, type, reference]);
    return `kopokopo:1:creation:${shortHash(name)}`;
  }
}

/** A request that callers of this process wait for. */
interface Shared {
  content: string;
  id: Promise<string>;
}

/** A record that can't be read has no content to compare. */
function checkContent(
  record: JournalRecord | undefined,
  { content }: JournalEntry,
  creation: Creation,
): void {
  if (record !== undefined && record.content !== content) {
    throw usedForAnother(creation);
  }
}

function hasLeft(error: unknown): boolean {
  return (
    isKopoKopoError(error) &&
    error.code === 'KOPOKOPO_ABORTED' &&
    error.outcome === 'not-sent'
  );
}
