import type { AccessToken } from '../../lib/token/access-token.js';
import type {
  UpstreamClient,
  UpstreamRequest,
  UpstreamResponse,
} from '../../lib/http/upstream.client.js';
import type { TokenCacheObserver } from '../../lib/token/token-cache.observer.js';
import { TokenUses } from '../../lib/token/token-uses.js';
import type { TokenWatch } from '../../lib/token/token-watch.js';
import { StoreLine } from './fleet-store.js';
import { PodTime } from './fleet-time.js';
import type { FleetWorld } from './fleet-world.js';
import { buildTokenRoom, type TokenRoom } from './token-room.js';
import { VirtualWire } from './virtual-wire.js';

/** Superseded tokens that a pod remembers (the rule book). */
const REMEMBERED = 8;

/** One process of the fleet: the real classes, with a line to the store and a wire of its own. */
export class Pod implements Pick<UpstreamClient, 'send'> {
  state: 'alive' | 'stopping' | 'stopped' | 'killed' = 'alive';
  /** World time at which it booted. */
  readonly bornAt: number;
  readonly time: PodTime;
  readonly line: StoreLine;
  readonly room: TokenRoom;
  /** World time at which it was told to stop. */
  stopsAt = Infinity;
  /** Value to the moment at which this pod rejected it. */
  readonly rejected = new Map<string, number>();
  /** Replaced by another token or rejected, and not its own debt. */
  readonly replaced: string[] = [];
  /** Token requests that are under way. */
  asking = 0;
  private readonly wire: VirtualWire;

  constructor(
    private readonly world: FleetWorld,
    readonly number: number,
  ) {
    const chance = world.chance.fork();
    const { options, wire } = world.scenario;
    this.bornAt = world.time.now;
    this.time = new PodTime(
      world.time,
      chance.between(-9e5, 9e5),
      chance.fork().next,
    );
    this.line = new StoreLine(
      world.store,
      this.time,
      number,
      chance.fork(),
      (text) => this.say(text),
    );
    this.wire = new VirtualWire(wire, world.server, this.time, chance.fork(), {
      asked: (path, form) => this.say(`> ${path} ${form.token ?? ''}`),
      answered: () => {},
    });
    this.room = buildTokenRoom(
      { ...options, token: { ...options.token, store: this.line } },
      this.time.runtime,
      this,
      new TokenUses(),
      {
        source: (source) => source,
        observer: (watch) => this.overheard(watch),
      },
    );
    this.room.tokens.events.subscribe(({ type }) => this.say(`event ${type}`));
  }

  get isPaused(): boolean {
    return this.time.heldUntil > this.time.now;
  }

  get held(): AccessToken | undefined {
    const held = this.room.cache.status().held;
    return held?.livesAt(this.time.own) ? held.token : undefined;
  }

  /** Is there anything in this process by which the token can be given back? */
  knows(value: string): boolean {
    return (
      this.held?.value === value ||
      this.room.ledger.has(value) ||
      this.replaced.includes(value)
    );
  }

  say(text: string): void {
    this.world.say(`pod ${this.number} ${text}`);
  }

  /** What comes back comes to a process that may be gone, or stand still. */
  send(request: UpstreamRequest): Promise<UpstreamResponse> {
    const isMint = request.path === '/oauth/token';
    if (isMint) this.world.minting(this);
    else this.world.revoking(this, request.form!.token!);
    this.asking += isMint ? 1 : 0;
    return new Promise((resolve, reject) => {
      const back = (how: () => void): void =>
        this.time.bring(this.time.now, () => {
          this.asking -= isMint ? 1 : 0;
          how();
        });
      this.wire.send(request).then(
        (response) =>
          back(() => {
            this.say(`< ${request.path} ${response.status}`);
            if (isMint) this.world.arrived(this, response.text);
            resolve(response);
          }),
        (error: unknown) =>
          back(() => {
            this.world.disturb();
            reject(error as Error);
          }),
      );
    });
  }

  private overheard(watch: TokenWatch): TokenCacheObserver {
    return {
      adopted: (token, previous) => {
        this.say(`holds ${token.value}`);
        this.world.touched(token.value);
        if (previous !== undefined) this.replace(previous);
        watch.adopted(token, previous);
      },
      failed: (error, retryIn, serving) =>
        watch.failed(error, retryIn, serving),
      servedWhileFailing: (token) => watch.servedWhileFailing(token),
      invalidated: (token) => {
        this.replace(token);
        watch.invalidated(token);
      },
      rejectedAgain: (token) => watch.rejectedAgain(token),
      lent: (token, drop) => watch.lent(token, drop),
    };
  }

  private replace({ value }: AccessToken): void {
    this.world.touched(value);
    if (this.room.ledger.has(value)) return;
    this.replaced.push(value);
    if (this.replaced.length > REMEMBERED) this.replaced.shift();
  }
}
