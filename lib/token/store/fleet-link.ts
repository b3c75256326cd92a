import { Inject, Injectable, Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import { KOPOKOPO_OPTIONS } from '../../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../../time/runtime.js';
import { AccessToken } from '../access-token.js';
import { ClientSecrets } from '../client-secrets.js';
import { TokenEvents } from '../token-events.js';
import type { TokenStoreState } from '../token-status.interface.js';
import type {
  StoredToken,
  TokenStore,
  TokenStoreView,
} from '../../config/token-store.interface.js';
import { TokenSealer } from './token-sealer.js';

/** Milliseconds a step may take before the store counts as out of reach. */
const STEP_TIMEOUT = 200;

/** Milliseconds for which a store that was out of reach is not asked again. */
const PAUSE = 1_000;

/** How long after its budget a renewal's lease lapses by itself, in milliseconds. */
const LEASE_MARGIN = 2_000;

/** Milliseconds a process has to revoke what it claimed. */
const CLAIM_HOLD = 30_000;

/**
 * This process' line to the store: seals and opens tokens, gives every step a time limit, and
 * answers `undefined` where the store is out of reach. Never rejects.
 *
 * @internal
 */
@Injectable()
export class FleetLink {
  private readonly logger = new Logger(FleetLink.name);
  private readonly store: TokenStore | undefined;
  private readonly sealer: TokenSealer;
  private readonly member = randomUUID();
  private blockedUntil = -Infinity;
  private reachable = true;
  private count = 0;

  constructor(
    private readonly secrets: ClientSecrets,
    private readonly events: TokenEvents,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    this.store = options.token.store;
    this.sealer = new TokenSealer(options.origin, options.clientId);
  }

  get configured(): boolean {
    return this.store !== undefined;
  }

  get state(): TokenStoreState {
    if (this.store === undefined) return 'none';
    return this.reachable ? 'in-use' : 'out-of-reach';
  }

  /** Living members at the last look. */
  get members(): number {
    return this.count;
  }

  /** Milliseconds for which a renewal has the fleet to itself. */
  get leaseDuration(): number {
    return this.options.token.mintBudget + LEASE_MARGIN;
  }

  idOf(token: AccessToken | string): string {
    return this.sealer.idOf(typeof token === 'string' ? token : token.value);
  }

  beat(): Promise<TokenStoreView | undefined> {
    return this.look((store, account) =>
      store.beat(account, this.member, this.options.token.lapse),
    );
  }

  async lease(): Promise<(TokenStoreView & { granted: boolean }) | undefined> {
    const { lapse } = this.options.token;
    let asked: Promise<{ granted: boolean }> | undefined;
    const view = await this.look((store, account) => {
      const answer = store.lease(
        account,
        this.member,
        lapse,
        this.leaseDuration,
      );
      asked = answer;
      return answer;
    });
    // A slow store may grant it when nobody here waits any more, and siblings would wait in vain.
    if (view === undefined) asked?.then(this.giveBackLate, () => undefined);
    return view;
  }

  release(): Promise<unknown> {
    return this.reach((store, account) => store.release(account, this.member));
  }

  async publish(token: AccessToken): Promise<TokenStoreView | undefined> {
    const [secret] = await this.knownSecrets();
    if (secret === undefined) return undefined;
    const { value, scopes, lifetime, createdAt } = token;
    const entry: StoredToken = {
      id: this.idOf(token),
      sealed: this.sealer.seal({ value, scopes, lifetime, createdAt }, secret),
      remaining: Math.max(1, token.deadline - this.runtime.clock.now()),
    };
    return this.look((store, account) =>
      store.publish(account, this.member, entry, this.retireDelay),
    );
  }

  coolDown(remaining: number, code: string): Promise<unknown> {
    return this.reach((store, account) =>
      store.coolDown(account, this.member, { remaining, code }),
    );
  }

  invalidate(token: AccessToken | string): Promise<unknown> {
    return this.reach((store, account) =>
      store.invalidate(account, this.idOf(token), this.retireDelay),
    );
  }

  async claim(): Promise<StoredToken[]> {
    const due = await this.reach((store, account) =>
      store.claim(account, this.member, CLAIM_HOLD),
    );
    return due ?? [];
  }

  settle(id: string): Promise<unknown> {
    return this.reach((store, account) => store.settle(account, id));
  }

  leave(): Promise<{ members: number } | undefined> {
    return this.reach((store, account) => store.leave(account, this.member));
  }

  async close(): Promise<void> {
    await this.store?.close(this.member).catch(() => undefined);
  }

  /** The token behind an entry; nothing where it does not authenticate. `seenAt`: before the store was asked. */
  async open(
    entry: StoredToken,
    seenAt: number,
  ): Promise<AccessToken | undefined> {
    const secrets = await this.knownSecrets();
    const content = this.sealer.open(entry.sealed, secrets);
    // The id stands beside what is sealed: an entry may have been put together from two.
    if (content === undefined || this.idOf(content.value) !== entry.id) {
      return undefined;
    }
    const { value, scopes, lifetime, createdAt } = content;
    const startedAt = seenAt + Math.min(0, entry.remaining - lifetime);
    return new AccessToken(
      { value, scopes, lifetime, createdAt, startedAt },
      this.runtime.clock,
    );
  }

  /** Siblings notice a successor within a beat; nobody may lose a token that it still uses. */
  private get retireDelay(): number {
    const { revokeDelay, lapse, beat } = this.options.token;
    return Math.max(revokeDelay, lapse + beat);
  }

  /** A function that is asked for the secret may fail: then nothing is sealed and nothing opened. */
  private async knownSecrets(): Promise<readonly string[]> {
    try {
      return await this.secrets.known();
    } catch {
      return [];
    }
  }

  private readonly giveBackLate = ({ granted }: { granted: boolean }): void => {
    if (granted) {
      this.store!.release(this.sealer.account, this.member).catch(
        () => undefined,
      );
    }
  };

  private async look<T extends TokenStoreView>(
    step: (store: TokenStore, account: string) => Promise<T>,
  ): Promise<T | undefined> {
    const view = await this.reach(step);
    if (view !== undefined) this.count = view.members;
    return view;
  }

  private async reach<T>(
    step: (store: TokenStore, account: string) => Promise<T>,
  ): Promise<T | undefined> {
    const { store, runtime } = this;
    if (store === undefined) return undefined;
    if (runtime.clock.now() < this.blockedUntil) return undefined;
    const inTime = new AbortController();
    const tooLate = runtime.timers
      .pause(STEP_TIMEOUT, inTime.signal)
      .then((): never => {
        throw new Error('too late');
      });
    try {
      const result = await Promise.race([
        step(store, this.sealer.account),
        tooLate,
      ]);
      this.noticeReach(true);
      return result;
    } catch {
      this.blockedUntil = runtime.clock.now() + PAUSE;
      this.noticeReach(false);
      return undefined;
    } finally {
      inTime.abort();
      tooLate.catch(() => undefined);
    }
  }

  private noticeReach(reachable: boolean): void {
    if (this.reachable === reachable) return;
    this.reachable = reachable;
    this.events.emit({ type: reachable ? 'store-back' : 'store-lost' });
    if (reachable) this.logger.log('The token store is back.');
    else {
      this.logger.warn(
        'The token store is out of reach: this process gets tokens of its own until it is back.',
      );
    }
  }
}
