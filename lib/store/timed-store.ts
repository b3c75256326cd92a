import type {
  KopoKopoStore,
  NextDocument,
  StoredDocument,
  SwapResult,
} from './kopokopo-store.interface.js';
import { MemoryStore } from './memory.store.js';
import { storeStep } from './store-step.js';

/**
 * A store whose steps end in time and whose clock is known: clocks of machines differ, and what lapses does so
 * by the store's.
 *
 * @internal
 */
export class TimedStore {
  /** Milliseconds by which the store's clock is ahead, once it has answered. */
  private ahead: number | undefined;

  /** @param wall this machine's clock */
  constructor(
    private readonly store: KopoKopoStore,
    private readonly wall: () => number,
  ) {}

  async read(key: string): Promise<StoredDocument> {
    return this.heard(await this.inTime(this.store.read(key)));
  }

  async swap(
    key: string,
    expected: string | undefined,
    next: NextDocument | undefined,
  ): Promise<SwapResult> {
    return this.heard(await this.inTime(this.store.swap(key, expected, next)));
  }

  /** The store's time; the first call reads `key` for it. */
  async now(key: string): Promise<number> {
    if (this.ahead === undefined) await this.read(key);
    return this.wall() + this.ahead!;
  }

  /** Memory answers at once, and a timer costs more than it. */
  private inTime<T>(step: Promise<T>): Promise<T> {
    return this.store.constructor === MemoryStore ? step : storeStep(step);
  }

  private heard<T extends StoredDocument>(answer: T): T {
    this.ahead = answer.now - this.wall();
    return answer;
  }
}
