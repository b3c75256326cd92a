import type {
  StoredToken,
  TokenStore,
} from '../../lib/config/token-store.interface.js';
import { MemoryTokenStore } from '../../lib/token/store/memory-token-store.js';
import { TokenSealer } from '../../lib/token/store/token-sealer.js';
import type { Chance } from './chance.js';
import type {
  FleetScenario,
  StoreFault,
  StorePhase,
} from './fleet-scenario.js';
import type { FleetTime, PodTime } from './fleet-time.js';

/** After this many milliseconds a step counts as out of reach. */
export const STEP_LIMIT = 200;

/** The one store of the fleet, and what it is known to hold. */
export class FleetStore {
  /** Id of the token in use, as of the last step. */
  current: { id: string; expiresAt: number } | undefined;
  /** Ids published and not settled since the store was last empty. */
  readonly holds = new Set<string>();
  /** Id to when it was in use last. */
  readonly usedAt = new Map<string, number>();
  /** When another token came into use. */
  changedAt = -Infinity;
  onPublished: (id: string) => void = () => {};
  onSettled: (id: string) => void = () => {};
  private readonly account: string;
  private store: MemoryTokenStore;

  constructor(
    readonly scenario: FleetScenario,
    readonly time: FleetTime,
  ) {
    const { origin, clientId } = scenario.options;
    this.account = new TokenSealer(origin, clientId).account;
    this.store = new MemoryTokenStore(() => time.now);
  }

  /** What it held is gone. */
  restart(): void {
    this.store = new MemoryTokenStore(() => this.time.now);
    this.holds.clear();
    this.current = undefined;
  }

  do<T>(step: (store: TokenStore) => Promise<T>): Promise<T> {
    const done = step(this.store);
    this.look();
    return done;
  }

  published(id: string): void {
    this.holds.add(id);
    this.onPublished(id);
  }

  /** A member that lapses at once is none. */
  private look(): void {
    const { now } = this.time;
    void this.store.beat(this.account, 'nobody', 0).then(({ token }) => {
      if (this.current !== undefined) this.usedAt.set(this.current.id, now);
      if (this.current?.id !== token?.id) this.changedAt = now;
      this.current = token && {
        id: token.id,
        expiresAt: now + token.remaining,
      };
    });
  }
}

/** The way of one pod to the store: steps keep their order, and anything may happen to them. */
export class StoreLine implements TokenStore {
  /** World time at which something last went wrong here. */
  troubledAt = -Infinity;
  /** World time at which the store last answered in time. */
  answeredAt = -Infinity;
  /** World time at which it last heard whether it may ask for a token. */
  leasedAt = -Infinity;
  /** World time at which the store did that step. */
  lookedAt = -Infinity;
  /** Since when it has heard that it may not. */
  refusedSince: number | undefined;
  /** From here on everything works. */
  healed = false;
  /** When the last step was done or undone. */
  private last = 0;

  constructor(
    private readonly store: FleetStore,
    private readonly pod: PodTime,
    private readonly number: number,
    private readonly chance: Chance,
    private readonly say: (line: string) => void,
  ) {}

  readonly beat: TokenStore['beat'] = (...given) =>
    this.step('beat', (store) => store.beat(...given));

  readonly lease: TokenStore['lease'] = async (...given) => {
    const { now } = this.pod;
    const view = await this.step('lease', (store) => {
      this.lookedAt = this.pod.now;
      return store.lease(...given);
    });
    // Too late for whoever asked.
    if (this.pod.now - now >= STEP_LIMIT) return view;
    if (view.granted) this.refusedSince = undefined;
    else this.refusedSince ??= this.pod.now;
    this.leasedAt = this.pod.now;
    return view;
  };

  readonly release: TokenStore['release'] = (...given) =>
    this.step('release', (store) => store.release(...given));

  readonly publish: TokenStore['publish'] = (...given) =>
    this.step('publish', (store) => {
      this.store.published(given[2].id);
      return store.publish(...given);
    });

  readonly coolDown: TokenStore['coolDown'] = (...given) =>
    this.step('coolDown', (store) => store.coolDown(...given));

  readonly invalidate: TokenStore['invalidate'] = (...given) =>
    this.step('invalidate', (store) => store.invalidate(...given));

  readonly leave: TokenStore['leave'] = (...given) =>
    this.step('leave', (store) => store.leave(...given));

  readonly claim: TokenStore['claim'] = (...given): Promise<StoredToken[]> =>
    this.step('claim', (store) => store.claim(...given));

  readonly settle: TokenStore['settle'] = (...given) =>
    this.step('settle', (store) => {
      this.store.holds.delete(given[1]);
      this.store.onSettled(given[1]);
      return store.settle(...given);
    });

  readonly close: TokenStore['close'] = async () => {};

  get phase(): StorePhase | undefined {
    const { scenario, time } = this.store;
    const at = time.now - 1_000_000;
    const phase = scenario.storePhases.findLast(({ from }) => from <= at);
    if (this.healed || phase?.fault === 'none') return undefined;
    const isMine = phase?.pod === undefined || phase.pod === this.number;
    return isMine ? phase : undefined;
  }

  private step<T>(
    name: string,
    act: (store: TokenStore) => Promise<T>,
  ): Promise<T> {
    const { phase, pod } = this;
    const sentAt = pod.now;
    const fault: StoreFault =
      phase !== undefined && this.chance.is(phase.share) ? phase.fault : 'none';
    const { storeLatency } = this.store.scenario;
    const slow = fault === 'slow' ? this.chance.spread(50, 4_000) : 0;
    const leg = (): number => this.chance.between(0.1, 1) * storeLatency;
    // One connection: nothing overtakes what was sent before it.
    const there = Math.max(pod.now + leg() + slow, this.last);
    this.last = there;
    const back = there + leg();
    if (fault !== 'none') this.say(`${name}: ${fault}`);
    if (fault !== 'none' || back - pod.now > STEP_LIMIT / 2) this.trouble(back);
    return new Promise((resolve, reject) => {
      pod.elsewhere(there, () => {
        if (fault === 'hang') return;
        if (fault === 'reject') return pod.bring(back, () => reject(GONE));
        const done = this.store.do(act);
        if (fault === 'mute') return;
        if (fault === 'lost') return pod.bring(back, () => reject(GONE));
        pod.bring(back, () => {
          if (pod.now - sentAt < STEP_LIMIT) this.answeredAt = pod.now;
          void done.then(resolve, reject);
        });
      });
    });
  }

  private trouble(until: number): void {
    this.troubledAt = Math.max(this.troubledAt, until + STEP_LIMIT);
  }
}

const GONE = new Error('The store is gone.');
