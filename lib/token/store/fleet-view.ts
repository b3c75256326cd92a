import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import type {
  TokenStore,
  TokenStoreView,
} from '../../config/token-store.interface.js';
import type { Runtime } from '../../time/runtime.js';
import type { TokenEvents } from '../token-events.js';
import type { TokenStoreState } from '../token-status.interface.js';
import { checkedView } from './store-answer.check.js';
import { StoreReach } from './store-reach.js';

type Step<T> = (store: TokenStore, account: string) => Promise<T>;

/**
 * The account in the store, as this process has seen it last. Each step answers `undefined` where the store
 * is out of reach. Never rejects.
 *
 * @internal
 */
export class FleetView {
  #members = 0;
  #forgotten = false;
  #synced: { store: number; own: number } | undefined;
  readonly #store: TokenStore | undefined;
  readonly #reach: StoreReach;

  constructor(
    private readonly account: string,
    events: TokenEvents,
    options: ResolvedOptions,
    private readonly runtime: Runtime,
  ) {
    this.#store = options.token.store;
    this.#reach = new StoreReach(this.#store, events, options, runtime);
  }

  get state(): TokenStoreState {
    if (this.#store === undefined) return 'none';
    // Nobody knows before it has answered once.
    return this.hasAnswered && this.#reach.isOn ? 'in-use' : 'out-of-reach';
  }

  get hasAnswered(): boolean {
    return this.#synced !== undefined;
  }

  /** Living members when this process last joined or beat. */
  get members(): number {
    return this.#members;
  }

  /** The same moment by the store's clock and, not earlier, by ours. */
  get synced(): { store?: number; own: number } {
    return this.#synced ?? { own: this.runtime.clock.now() };
  }

  /** True once after the store was out of reach, or did not know this process: it may have forgotten more. */
  takeLoss(): boolean {
    const wasForgotten = this.#forgotten;
    this.#forgotten = false;
    return this.#reach.takeLoss() || wasForgotten;
  }

  /** `insist`: also where the store has just been out of reach. */
  run<T>(step: Step<T>, insist?: boolean): Promise<T | undefined> {
    return this.#reach.run((store) => step(store, this.account), insist);
  }

  /** A step that tells how the account stands. */
  async look<T extends TokenStoreView>(
    step: Step<T>,
    insist?: boolean,
  ): Promise<T | undefined> {
    const view = await this.run(
      async (store, account) => checkedView(await step(store, account)),
      insist,
    );
    if (view === undefined) return undefined;
    if (view.forgotten) this.#forgotten = true;
    this.#synced = { store: view.now, own: this.runtime.clock.now() };
    return view;
  }

  /** As `look`, by a member: to others a store that was emptied says that nobody is there. */
  async join<T extends TokenStoreView>(
    step: Step<T>,
    insist?: boolean,
  ): Promise<T | undefined> {
    const view = await this.look(step, insist);
    if (view !== undefined) this.#members = view.members;
    return view;
  }

  /** The last step: nothing is noticed or told any more. */
  end(step: (store: TokenStore) => Promise<void>): Promise<void> {
    return this.#reach.end(step);
  }
}
