import type {
  PublishedToken,
  StoredCoolDown,
  StoredToken,
  TokenStore,
  TokenStoreLease,
  TokenStoreView,
} from '../../config/token-store.interface.js';
import { SystemClock } from '../../time/system-clock.js';
import { FleetState } from './fleet-state.js';

/**
 * A token store inside one process: shares a token between instances of the module that are given
 * the same store object. Needs nothing.
 *
 * @publicApi
 */
export class MemoryTokenStore implements TokenStore {
  readonly #accounts = new Map<string, FleetState>();
  readonly #now: () => number;

  /** @param now tells milliseconds; by default a clock that never jumps and counts suspension */
  constructor(now?: () => number) {
    const clock = new SystemClock();
    this.#now = now ?? (() => clock.now());
  }

  async beat(
    account: string,
    member: string,
    lapse: number,
    known = 0,
  ): Promise<TokenStoreView> {
    const state = this.#state(account);
    const now = this.#now();
    const forgotten = state.beat(now, member, lapse, known);
    return { ...state.view(now), forgotten };
  }

  async lease(
    account: string,
    member: string,
    lapse: number,
    duration: number,
    known = 0,
  ): Promise<TokenStoreLease> {
    const state = this.#state(account);
    const now = this.#now();
    const forgotten = state.beat(now, member, lapse, known);
    const granted = state.lease(now, member, duration);
    return { ...state.view(now), forgotten, granted };
  }

  async release(account: string, member: string): Promise<void> {
    this.#state(account).release(this.#now(), member);
  }

  async publish(
    account: string,
    member: string,
    token: PublishedToken,
    delay: number,
  ): Promise<TokenStoreView> {
    const state = this.#state(account);
    const now = this.#now();
    state.publish(now, member, token, delay);
    return state.view(now);
  }

  async coolDown(
    account: string,
    member: string,
    pause: StoredCoolDown,
  ): Promise<void> {
    this.#state(account).coolDown(this.#now(), member, pause);
  }

  async invalidate(account: string, id: string, delay: number): Promise<void> {
    this.#state(account).invalidate(this.#now(), id, delay);
  }

  async leave(
    account: string,
    member: string,
  ): Promise<Pick<TokenStoreView, 'members'>> {
    const state = this.#state(account);
    const now = this.#now();
    state.leave(now, member);
    return { members: state.view(now).members };
  }

  async claim(
    account: string,
    member: string,
    hold: number,
  ): Promise<StoredToken[]> {
    return this.#state(account).claim(this.#now(), member, hold);
  }

  async settle(account: string, id: string): Promise<void> {
    this.#state(account).settle(this.#now(), id);
  }

  async close(): Promise<void> {}

  #state(account: string): FleetState {
    const state = this.#accounts.get(account) ?? new FleetState();
    this.#accounts.set(account, state);
    return state;
  }
}
