import { randomUUID } from 'node:crypto';
import type { TimedStore } from '../../store/timed-store.js';
import {
  SHARD_KEPT,
  type ShardDocument,
  shardOf,
  shardText,
} from './open-end.js';

/** Changes a document in place; says whether it did. @internal */
export type ShardChange = (document: ShardDocument, now: number) => boolean;

interface Waiting {
  change: ShardChange;
  done: (isChanged: boolean) => void;
  failed: (error: unknown) => void;
}

/** The document as the store had it last. */
interface Known {
  document: ShardDocument;
  version: string | undefined;
}

/**
 * One document of open ends. Changes of this process that come at once are written at once; one that another process
 * has changed meanwhile is read again.
 *
 * @internal
 */
export class OpenEndsShard {
  private known: Known | undefined;
  private waiting: Waiting[] = [];
  private isWriting = false;
  /** Name of the document that was seen last. */
  private born: string | undefined;

  /** @param onForgotten told when the store has forgotten the document, with all that was in it */
  constructor(
    private readonly key: string,
    private readonly store: TimedStore,
    private readonly onForgotten: () => void,
  ) {}

  /** The document as it is now, and the store's time. */
  async read(): Promise<{ document: ShardDocument; now: number }> {
    const { document: text, version, now } = await this.store.read(this.key);
    const document = shardOf(text);
    if (!this.isWriting) this.known = { document, version };
    this.saw(document);
    return { document, now };
  }

  /** Resolves when the store has the change, with whether there was one to make. */
  apply(change: ShardChange): Promise<boolean> {
    return new Promise((done, failed) => {
      this.waiting.push({ change, done, failed });
      if (!this.isWriting) void this.write();
    });
  }

  /** Never rejects. */
  private async write(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0);
      try {
        const changed = await this.written(batch.map(({ change }) => change));
        batch.forEach(({ done }, index) => done(changed[index]!));
      } catch (error) {
        this.known = undefined;
        for (const { failed } of batch) failed(error);
      }
    }
    this.isWriting = false;
  }

  private async written(changes: readonly ShardChange[]): Promise<boolean[]> {
    const { store, key } = this;
    let isFresh = false;
    for (;;) {
      if (this.known === undefined) {
        const { document: text, version } = await store.read(key);
        this.known = { document: shardOf(text), version };
        isFresh = true;
      }
      const { document, version } = this.known;
      document.born ??= randomUUID();
      const now = await store.now(key);
      const changed = changes.map((change) => change(document, now));
      if (!changed.includes(true)) {
        if (isFresh) return changed;
        // It may be another one by now.
        this.known = undefined;
        continue;
      }
      const next = randomUUID();
      const found = await store.swap(key, version, {
        document: shardText(document),
        version: next,
        ttl: SHARD_KEPT,
      });
      // A document that was changed in vain is read anew.
      this.known = found.swapped
        ? { document, version: next }
        : { document: shardOf(found.document), version: found.version };
      this.saw(this.known.document);
      if (found.swapped) return changed;
      isFresh = true;
    }
  }

  private saw({ born }: ShardDocument): void {
    if (this.born !== undefined && born !== this.born) this.onForgotten();
    this.born = born;
  }
}
