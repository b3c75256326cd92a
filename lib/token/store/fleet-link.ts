import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import type {
  StoredToken,
  TokenStore,
  TokenStoreLease,
  TokenStoreView,
} from '../../config/token-store.interface.js';
import { KOPOKOPO_OPTIONS } from '../../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../../time/runtime.js';
import type { AccessToken } from '../access-token.js';
import { TokenEvents } from '../token-events.js';
import type { TokenStoreState } from '../token-status.interface.js';
import {
  checkedCount,
  checkedEntries,
  checkedView,
} from './store-answer.check.js';
import { StoreReach } from './store-reach.js';
import { TokenVault } from './token-vault.js';

/** How long after its budget a lease lapses by itself, in milliseconds. */
const MARGIN = 2_000;

/**
 * This process' line to the store: one method a step, each with a time limit, which answers
 * `undefined` where the store is out of reach. Never rejects.
 *
 * @internal
 */
@Injectable()
export class FleetLink {
  private readonly store: TokenStore | undefined;
  private readonly member = randomUUID();
  private count = 0;
  private forgotten = false;
  /** The same moment by the store's clock and, not earlier, by ours. */
  private synced: { store: number; own: number } | undefined;
  private readonly line: StoreReach;
  /** The lease is ours, or the store has not said that it is not. */
  private mayLead = false;

  constructor(
    private readonly vault: TokenVault,
    events: TokenEvents,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    this.store = options.token.store;
    this.line = new StoreReach(this.store, events, options, runtime);
  }

  get configured(): boolean {
    return this.store !== undefined;
  }

  get state(): TokenStoreState {
    if (this.store === undefined) return 'none';
    // Nobody knows before it has answered once.
    if (this.synced === undefined) return 'out-of-reach';
    return this.line.isOn ? 'in-use' : 'out-of-reach';
  }

  /** Living members when this process last joined or beat. */
  get members(): number {
    return this.count;
  }

  /** True once after the store was out of reach, or did not know this process: it may have forgotten more. */
  takeLoss(): boolean {
    const wasForgotten = this.forgotten;
    this.forgotten = false;
    return this.line.takeLoss() || wasForgotten;
  }

  /** Milliseconds for which a renewal has the fleet to itself. */
  get leaseDuration(): number {
    return this.options.token.mintBudget + MARGIN;
  }

  /** Siblings that count notice a successor within a lapse, and end the calls that they have begun. */
  get retireDelay(): number {
    const { revokeDelay, lapse, beat } = this.options.token;
    return Math.max(revokeDelay, lapse + Math.max(beat, this.options.timeout));
  }

  /** `insist`: also where the store has just been out of reach. */
  async beat(insist?: boolean): Promise<TokenStoreView | undefined> {
    const { lapse } = this.options.token;
    const view = await this.look(
      (store, account) => store.beat(account, this.member, lapse, this.count),
      insist,
    );
    return this.counted(view);
  }

  async lease(): Promise<TokenStoreLease | undefined> {
    const { lapse } = this.options.token;
    let asked: Promise<{ granted: boolean }> | undefined;
    const view = await this.look((store, account) => {
      const answer = store.lease(
        account,
        this.member,
        lapse,
        this.leaseDuration,
        this.count,
      );
      asked = answer;
      this.mayLead = true;
      return answer;
    });
    if (view !== undefined) this.mayLead = view.granted;
    // A slow store may grant it when nobody here waits any more, and siblings would wait in vain.
    else void this.giveBackLate(asked);
    return this.counted(view);
  }

  async release(): Promise<void> {
    const done = await this.reach(async (store, account) => {
      await store.release(account, this.member);
      return true;
    });
    if (done) this.mayLead = false;
  }

  /** Gives back a lease of which the store has not said whether it granted or ended it. */
  async releaseDoubtful(): Promise<void> {
    if (this.mayLead) await this.release();
  }

  /** By a renewal of this process: it may have the lease. */
  async publish(token: AccessToken): Promise<TokenStoreView | undefined> {
    const view = await this.put(token, this.member);
    // Siblings would wait for it in vain.
    if (view === undefined) await this.release();
    else this.mayLead = false;
    return view;
  }

  /** As `publish`, but never in the name of a renewal that is under way: what is in use stays. */
  suggest(
    token: AccessToken,
    insist?: boolean,
  ): Promise<TokenStoreView | undefined> {
    return this.put(token, `${this.member} beside`, insist);
  }

  /** Is to be revoked, where the store does not know it. */
  supersede(
    token: AccessToken,
    insist?: boolean,
  ): Promise<TokenStoreView | undefined> {
    return this.put(token, `${this.member} beside`, insist, true);
  }

  async coolDown(remaining: number, code: string): Promise<void> {
    const done = await this.reach(async (store, account) => {
      await store.coolDown(account, this.member, { remaining, code });
      return true;
    });
    if (done) this.mayLead = false;
  }

  invalidate(token: AccessToken | string): Promise<unknown> {
    const id = this.vault.idOf(token);
    return this.reach((store, account) =>
      store.invalidate(account, id, this.retireDelay),
    );
  }

  claim(insist?: boolean): Promise<StoredToken[] | undefined> {
    // Whoever is killed while it revokes is stood in for by a sibling's next beat.
    const hold = this.options.token.beat;
    return this.reach(
      async (store, account) =>
        checkedEntries(await store.claim(account, this.member, hold)),
      insist,
    );
  }

  settle(id: string): Promise<unknown> {
    return this.reach((store, account) => store.settle(account, id));
  }

  leave(): Promise<{ members: number } | undefined> {
    return this.reach(
      async (store, account) =>
        checkedCount(await store.leave(account, this.member)),
      true,
    );
  }

  /** Whatever comes of it, this process is done with the store. */
  async close(): Promise<void> {
    await this.line.end((store) => store.close(this.member));
  }

  private async giveBackLate(
    lease: Promise<{ granted: boolean }> | undefined,
  ): Promise<void> {
    if (lease === undefined) return;
    try {
      const { granted } = await lease;
      if (granted) {
        await this.store!.release(this.vault.account, this.member);
      }
      this.mayLead = false;
    } catch {
      // It is given back with the next step that is answered, or lapses.
    }
  }

  private async put(
    token: AccessToken,
    member: string,
    insist?: boolean,
    superseded?: true,
  ): Promise<TokenStoreView | undefined> {
    const sealed = await this.vault.seal(token);
    if (sealed === undefined) return undefined;
    const since = this.synced?.own ?? this.runtime.clock.now();
    const entry = {
      ...sealed,
      remaining: token.deadline - since,
      asOf: this.synced?.store,
      superseded,
    };
    return this.look(
      (store, account) =>
        store.publish(account, member, entry, this.retireDelay),
      insist,
    );
  }

  private async look<T extends TokenStoreView>(
    step: (store: TokenStore, account: string) => Promise<T>,
    insist?: boolean,
  ): Promise<T | undefined> {
    const view = await this.reach(
      async (store, account) => checkedView(await step(store, account)),
      insist,
    );
    if (view === undefined) return undefined;
    if (view.forgotten) this.forgotten = true;
    this.synced = { store: view.now, own: this.runtime.clock.now() };
    return view;
  }

  /** Only a step that joins counts this process: one that was emptied would say that nobody is there. */
  private counted<T extends TokenStoreView>(
    view: T | undefined,
  ): T | undefined {
    if (view !== undefined) this.count = view.members;
    return view;
  }

  private reach<T>(
    step: (store: TokenStore, account: string) => Promise<T>,
    insist?: boolean,
  ): Promise<T | undefined> {
    return this.line.run((store) => step(store, this.vault.account), insist);
  }
}
