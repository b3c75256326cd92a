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
import { FleetView } from './fleet-view.js';
import { checkedCount, checkedEntries } from './store-answer.check.js';
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
  private readonly view: FleetView;
  /** The lease is ours, or the store has not said that it is not. */
  private mayLead = false;

  constructor(
    private readonly vault: TokenVault,
    events: TokenEvents,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) runtime: Runtime,
  ) {
    this.store = options.token.store;
    this.view = new FleetView(vault.account, events, options, runtime);
  }

  get configured(): boolean {
    return this.store !== undefined;
  }

  get state(): TokenStoreState {
    return this.view.state;
  }

  /** The store has been in reach: something may be shared through it. */
  get hasAnswered(): boolean {
    return this.view.hasAnswered;
  }

  /** Living members when this process last joined or beat. */
  get members(): number {
    return this.view.members;
  }

  /** True once after the store was out of reach, or did not know this process: it may have forgotten more. */
  takeLoss(): boolean {
    return this.view.takeLoss();
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
  beat(insist?: boolean): Promise<TokenStoreView | undefined> {
    const { lapse } = this.options.token;
    return this.view.join(
      (store, account) => store.beat(account, this.member, lapse, this.members),
      insist,
    );
  }

  async lease(): Promise<TokenStoreLease | undefined> {
    const { lapse } = this.options.token;
    let asked: Promise<{ granted: boolean }> | undefined;
    const view = await this.view.join((store, account) => {
      const answer = store.lease(
        account,
        this.member,
        lapse,
        this.leaseDuration,
        this.members,
      );
      asked = answer;
      this.mayLead = true;
      return answer;
    });
    if (view !== undefined) this.mayLead = view.granted;
    // A slow store may grant it when nobody here waits any more, and siblings would wait in vain.
    else void this.giveBackLate(asked);
    return view;
  }

  async release(): Promise<void> {
    const done = await this.view.run(async (store, account) => {
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
    const done = await this.view.run(async (store, account) => {
      await store.coolDown(account, this.member, { remaining, code });
      return true;
    });
    if (done) this.mayLead = false;
  }

  invalidate(token: AccessToken | string): Promise<unknown> {
    const id = this.vault.idOf(token);
    return this.view.run((store, account) =>
      store.invalidate(account, id, this.retireDelay),
    );
  }

  claim(insist?: boolean): Promise<StoredToken[] | undefined> {
    // Whoever is killed while it revokes is stood in for by a sibling's next beat.
    const hold = this.options.token.beat;
    return this.view.run(
      async (store, account) =>
        checkedEntries(await store.claim(account, this.member, hold)),
      insist,
    );
  }

  settle(id: string): Promise<unknown> {
    return this.view.run((store, account) => store.settle(account, id));
  }

  leave(): Promise<{ members: number } | undefined> {
    return this.view.run(
      async (store, account) =>
        checkedCount(await store.leave(account, this.member)),
      true,
    );
  }

  /** Whatever comes of it, this process is done with the store. */
  async close(): Promise<void> {
    await this.view.end((store) => store.close(this.member));
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
    const { own, store: asOf } = this.view.synced;
    const remaining = token.deadline - own;
    const entry = { ...sealed, remaining, asOf, superseded };
    return this.view.look(
      (store, account) =>
        store.publish(account, member, entry, this.retireDelay),
      insist,
    );
  }
}
