/**
 * A document as a store has it.
 *
 * @publicApi
 */
export interface StoredDocument {
  /** The text that was written; absent where there is none, or its time to live is over. */
  readonly document?: string;
  /** The name that its writer gave it, and never gives twice. */
  readonly version?: string;
  /** Milliseconds since 1970 by the store's own clock. */
  readonly now: number;
}

/** A document that takes the place of another. @publicApi */
export interface NextDocument {
  /** The text. */
  readonly document: string;
  /** A name that was never used before. */
  readonly version: string;
  /** Milliseconds after which the store forgets it. */
  readonly ttl: number;
}

/** Whether a document was replaced, and what stands there now. @publicApi */
export interface SwapResult extends StoredDocument {
  /** The document was replaced; what stands there now is the one that was passed. */
  readonly swapped: boolean;
}

/**
 * Keeps small documents that several processes change. Any database with compare-and-set can be one.
 *
 * @publicApi
 */
export interface KopoKopoStore {
  /** The document that stands under a key. */
  read(key: string): Promise<StoredDocument>;
  /**
   * Replaces the document under a key where its version is the expected one: `undefined` expects none,
   * `next` of `undefined` deletes it. A refused swap gives what stands there.
   */
  swap(
    key: string,
    expected: string | undefined,
    next: NextDocument | undefined,
  ): Promise<SwapResult>;
  /** Ends its connections; called once, when the app has shut down. */
  close(): Promise<void>;
}
