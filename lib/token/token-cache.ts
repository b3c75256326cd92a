import { abortReason } from '../http/abort-reason.js';
import type { Runtime } from '../time/runtime.js';
import type { AccessToken } from './access-token.js';
import { CheckedTokenSource } from './checked-token-source.js';
import { CoolDown } from './cool-down.js';
import { HeldToken } from './held-token.js';
import { RejectedTokens } from './rejected-tokens.js';
import type { TokenCacheSettings } from './token-cache-settings.interface.js';
import type { TokenCacheStatus } from './token-cache-status.interface.js';
import type { TokenCacheObserver } from './token-cache.observer.js';
import { TokenFlight } from './token-flight.js';
import type { TokenSource } from './token-source.interface.js';
import { windowsOf } from './token-windows.js';
import { WakeUp } from './wake-up.js';

/**
 * The token of the moment. States: none, fresh, early window (renewed behind the callers), last
 * seconds (callers wait for the renewal), expired (as none). Apart from transport, clock and timers.
 *
 * @internal
 */
export class TokenCache {
  readonly #rejected = new RejectedTokens();
  readonly #coolDown: CoolDown;
  readonly #source: CheckedTokenSource;
  #held: HeldToken | undefined;
  #flight: TokenFlight | undefined;
  /** The held promise while this turn's look at the clock is good. */
  #turn: Promise<AccessToken> | undefined;
  readonly #wakeUp: WakeUp;
  #closed = false;

  constructor(
    source: TokenSource,
    private readonly settings: TokenCacheSettings,
    private readonly runtime: Runtime,
    private readonly observer: TokenCacheObserver,
  ) {
    this.#coolDown = new CoolDown(settings, runtime.random);
    this.#wakeUp = new WakeUp(runtime, () => this.#wake());
    this.#source = new CheckedTokenSource(source, this.#rejected, (token) =>
      observer.rejectedAgain(token),
    );
  }

  get(signal?: AbortSignal): Promise<AccessToken> {
    if (this.#turn !== undefined && signal === undefined) return this.#turn;
    return this.#look(signal);
  }

  /** The token in use, or nothing; never asks anyone. */
  peek(): AccessToken | undefined {
    if (this.#turn !== undefined) return this.#held!.token;
    const held = this.#held;
    if (held === undefined) return undefined;
    const now = this.runtime.clock.now();
    if (!held.livesAt(now)) return undefined;
    // Early on somebody has to look again, so that a renewal is begun.
    if (held.stateAt(now) === 'fresh') this.#trustForTurn(held, now);
    return held.token;
  }

  /** The API rejected this token: as `forget`, and the observer hears of it. */
  invalidate(value: string): void {
    const token = this.forget(value);
    if (token !== undefined) this.observer.invalidated(token);
  }

  /** Drops the token if it is this one, and never takes this one back. */
  forget(value: string): AccessToken | undefined {
    this.#rejected.add(value);
    const token = this.#held?.token;
    if (token?.value !== value) return undefined;
    this.#drop();
    return token;
  }

  hasRejected(value: string): boolean {
    return this.#rejected.has(value);
  }

  /** Takes a token that came by another way, in place of the one in hand, or to end a pause. */
  offer(token: AccessToken): void {
    const held = this.#held?.token;
    const isPausing = this.#coolDown.isOn(this.runtime.clock.now());
    if (this.#closed || (held === undefined && !isPausing)) return;
    if (held?.value === token.value) return;
    if (token.isExpired() || this.#rejected.has(token.value)) return;
    this.#adopt(token);
  }

  /** The token in hand is about to be taken away: gets its successor behind the callers. */
  renew(): void {
    if (!this.#wakeUp.isStopped && this.#living() !== undefined) {
      this.#renewBehind(this.runtime.clock.now());
    }
  }

  /** No more renewals on its own account: the process is going. */
  stopRenewing(): void {
    this.#wakeUp.stop();
  }

  /** Forgets the token. Whoever still asks gets one that is not renewed, until it is let go. */
  close(): void {
    this.#closed = true;
    this.#flight = undefined;
    this.stopRenewing();
    this.#drop();
  }

  status(): TokenCacheStatus {
    const now = this.runtime.clock.now();
    const state = this.#held?.stateAt(now) ?? 'none';
    return {
      state: this.#closed ? 'closed' : state,
      requesting: this.#flight !== undefined,
      held: this.#held,
      coolDown: this.#coolDown,
      now,
    };
  }

  #look(signal?: AbortSignal): Promise<AccessToken> {
    if (signal?.aborted) return Promise.reject(abortReason(signal, 'not-sent'));
    if (this.#closed) return this.#lend(signal);
    const now = this.runtime.clock.now();
    const held = this.#held;
    if (held === undefined || !held.livesAt(now)) {
      return this.#waitCold(now, signal);
    }
    const state = held.stateAt(now);
    const coolingDown = this.#flight === undefined && this.#coolDown.isOn(now);
    if (this.#coolDown.firstServed()) {
      this.observer.servedWhileFailing(held.token);
    }
    // After a failure the token in hand is better than waiting for a further one.
    if (state === 'last-seconds' && !coolingDown) {
      return this.#waitWarm(held, now, signal);
    }
    if (state === 'early') this.#renewBehind(now);
    this.#trustForTurn(held, now);
    return held.promise;
  }

  /** After `close()`: all who still ask share one token, and the observer hears of each. */
  async #lend(signal?: AbortSignal): Promise<AccessToken> {
    const token =
      this.#living()?.token ??
      (await (this.#flight ?? this.#depart()).join(signal));
    this.observer.lent(token, () => this.#dropThis(token));
    return token;
  }

  #waitCold(now: number, signal?: AbortSignal): Promise<AccessToken> {
    if (this.#flight === undefined && this.#coolDown.isOn(now)) {
      return Promise.reject(this.#coolDown.error);
    }
    return (this.#flight ?? this.#depart()).join(signal);
  }

  /** Waits for the renewal, but for no more than half of what the token in hand still lives. */
  #waitWarm(
    held: HeldToken,
    now: number,
    signal?: AbortSignal,
  ): Promise<AccessToken> {
    const renewal = (this.#flight ?? this.#depart()).join(signal);
    return new Promise((resolve, reject) => {
      const stillGood = (): boolean =>
        this.#held === held && held.livesAt(this.runtime.clock.now());
      const cancel = this.runtime.timers.later(
        (held.windows.expiresAt - now) / 2,
        () => stillGood() && resolve(held.token),
      );
      renewal
        .then(resolve, (error: unknown) =>
          stillGood() && !signal?.aborted ? resolve(held.token) : reject(error),
        )
        .finally(cancel);
    });
  }

  #renewBehind(now: number): void {
    if (this.#flight !== undefined || this.#coolDown.isOn(now)) return;
    this.#depart();
  }

  #depart(): TokenFlight {
    const flight: TokenFlight = new TokenFlight(() =>
      this.#source.acquire(
        { held: this.#held?.token },
        (token) => this.#land(flight) && this.#adopt(token),
      ),
    );
    this.#flight = flight;
    flight.outcome.catch(
      (error: unknown) => this.#land(flight) && this.#fail(error),
    );
    return flight;
  }

  /** True if the request is still the one that counts. */
  #land(flight: TokenFlight): boolean {
    if (this.#flight !== flight) return false;
    this.#flight = undefined;
    return true;
  }

  #adopt(token: AccessToken): void {
    const previous = this.#living()?.token;
    const windows = windowsOf(token, this.settings, this.runtime.random);
    this.#drop();
    this.#held = new HeldToken(token, windows);
    if (this.#closed) return;
    this.#coolDown.end();
    this.#wakeUp.at(windows.earlyAt);
    this.observer.adopted(token, previous);
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    const now = this.runtime.clock.now();
    const held = this.#living();
    this.#coolDown.begin(now, error, (held?.windows.lastAt ?? now) - now);
    if (held !== undefined) this.#wakeUp.at(this.#coolDown.until);
    this.observer.failed(error, this.#coolDown.until - now, held !== undefined);
  }

  #living(): HeldToken | undefined {
    const held = this.#held;
    return held?.livesAt(this.runtime.clock.now()) ? held : undefined;
  }

  #wake(): void {
    const held = this.#held;
    const now = this.runtime.clock.now();
    if (held === undefined || !held.livesAt(now)) return;
    const due = Math.max(held.windows.earlyAt, this.#coolDown.until);
    if (now < due) this.#wakeUp.at(due);
    else this.#renewBehind(now);
  }

  #trustForTurn(held: HeldToken, now: number): void {
    if (this.#closed || !held.outlivesTurn(now)) return;
    this.#turn = held.promise;
    this.runtime.timers.afterTurn(this.#endTurn);
  }

  readonly #endTurn = (): void => {
    this.#turn = undefined;
  };

  #dropThis({ value }: AccessToken): void {
    if (this.#held?.token.value === value) this.#drop();
  }

  #drop(): void {
    this.#wakeUp.cancel();
    this.#held = undefined;
    this.#turn = undefined;
  }
}
