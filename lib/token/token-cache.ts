import { KopoKopoAbortError } from '../errors/abort.error.js';
import { KopoKopoResponseError } from '../errors/response.error.js';
import type { Runtime } from '../time/runtime.js';
import type { AccessToken } from './access-token.js';
import { CoolDown, type CoolDownSettings } from './cool-down.js';
import { RejectedTokens } from './rejected-tokens.js';
import { TokenFlight } from './token-flight.js';
import type { TokenSource } from './token-source.interface.js';
import {
  type TokenWindows,
  type WindowSettings,
  windowsOf,
} from './token-windows.js';

/** What the cache tells; nothing it calls may throw. @internal */
export interface TokenCacheObserver {
  /** A new token is in use; `previous` was until now and still lives. */
  adopted(token: AccessToken, previous: AccessToken | undefined): void;
  /** No token came; the next attempt is `retryIn` milliseconds away. */
  failed(error: unknown, retryIn: number, serving: boolean): void;
  /** The token in use was rejected and is dropped. */
  invalidated(token: AccessToken): void;
  /** The server handed out a token again that had been rejected. */
  rejectedAgain(token: AccessToken): void;
}

/** @internal */
export type TokenCacheSettings = WindowSettings & CoolDownSettings;

interface Held extends TokenWindows {
  token: AccessToken;
  /** Made once, so that a warm read allocates nothing. */
  promise: Promise<AccessToken>;
}

/** A look at the clock holds for the rest of a turn only if the token outlives it by this, in milliseconds. */
const TURN_MARGIN = 5_000;

/**
 * The token of the moment. States: none, fresh, early window (renewed behind the callers), last
 * seconds (callers wait for the renewal), expired (as none). Apart from transport, clock and timers.
 *
 * @internal
 */
export class TokenCache {
  readonly #rejected = new RejectedTokens();
  readonly #coolDown: CoolDown;
  #held: Held | undefined;
  #flight: TokenFlight | undefined;
  /** The held promise while this turn's look at the clock is good. */
  #turn: Promise<AccessToken> | undefined;
  #cancelTimer: () => void = () => {};
  #renewing = true;
  #closed = false;

  constructor(
    private readonly source: TokenSource,
    private readonly settings: TokenCacheSettings,
    private readonly runtime: Runtime,
    private readonly observer: TokenCacheObserver,
  ) {
    this.#coolDown = new CoolDown(settings, runtime.random);
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
    if (now >= held.expiresAt) return undefined;
    this.#trustForTurn(held, now);
    return held.token;
  }

  /** Drops the token if it is this one, and never takes this one back. */
  invalidate(value: string): void {
    this.#rejected.add(value);
    const held = this.#held;
    if (held?.token.value !== value) return;
    this.#drop();
    this.observer.invalidated(held.token);
  }

  /** No more renewals on its own account: the process is going. */
  stopRenewing(): void {
    this.#renewing = false;
    this.#cancelTimer();
  }

  /** Forgets the token and keeps none from now on: each caller gets one of its own. */
  close(): void {
    this.#closed = true;
    this.stopRenewing();
    this.#drop();
  }

  #look(signal?: AbortSignal): Promise<AccessToken> {
    if (signal?.aborted) return Promise.reject(new KopoKopoAbortError());
    if (this.#closed) return this.source.acquire(signal);
    const held = this.#held;
    const now = this.runtime.clock.now();
    if (held === undefined || now >= held.expiresAt) {
      return this.#waitCold(now, signal);
    }
    if (now < held.lastAt) {
      if (now >= held.earlyAt) this.#renewBehind(now);
      this.#trustForTurn(held, now);
      return held.promise;
    }
    // The server has just said no: the token in hand is better than a further refusal.
    if (this.#flight === undefined && this.#coolDown.isOn(now)) {
      return held.promise;
    }
    return this.#waitWarm(held, now, signal);
  }

  #waitCold(now: number, signal?: AbortSignal): Promise<AccessToken> {
    if (this.#flight === undefined && this.#coolDown.isOn(now)) {
      return Promise.reject(this.#coolDown.error);
    }
    return (this.#flight ?? this.#depart()).join(signal);
  }

  /** Waits for the renewal, but for no more than half of what the token in hand still lives. */
  #waitWarm(
    held: Held,
    now: number,
    signal?: AbortSignal,
  ): Promise<AccessToken> {
    const renewal = (this.#flight ?? this.#depart()).keep().join(signal);
    return new Promise((resolve, reject) => {
      const stillGood = (): boolean =>
        this.#held === held && this.runtime.clock.now() < held.expiresAt;
      const cancel = this.runtime.timers.later(
        (held.expiresAt - now) / 2,
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
    this.#depart().keep();
  }

  #depart(): TokenFlight {
    const flight = new TokenFlight(
      (signal) => this.#acquire(signal),
      (left) => this.#land(left),
    );
    this.#flight = flight;
    flight.outcome.then(
      (token) => this.#land(flight) && this.#adopt(token),
      (error: unknown) => this.#land(flight) && this.#fail(error),
    );
    return flight;
  }

  async #acquire(signal: AbortSignal): Promise<AccessToken> {
    const token = await this.source.acquire(signal);
    if (!this.#rejected.has(token.value)) return token;
    this.observer.rejectedAgain(token);
    throw new KopoKopoResponseError(
      'Kopo Kopo handed out a token again that it had rejected.',
      { retryable: true },
    );
  }

  /** True if the flight was still the one that counts. */
  #land(flight: TokenFlight): boolean {
    if (this.#flight !== flight) return false;
    this.#flight = undefined;
    return true;
  }

  #adopt(token: AccessToken): void {
    // Both may have changed between the answer and its arrival here.
    if (this.#closed || this.#rejected.has(token.value)) return;
    this.#coolDown.end();
    const previous = this.#held?.token;
    const windows = windowsOf(token, this.settings, this.runtime.random);
    this.#drop();
    this.#held = { ...windows, token, promise: Promise.resolve(token) };
    this.#wakeAt(windows.earlyAt);
    const superseded = previous?.value === token.value ? undefined : previous;
    this.observer.adopted(token, superseded);
  }

  #fail(error: unknown): void {
    const now = this.runtime.clock.now();
    const held = this.#held;
    const serving = held !== undefined && now < held.expiresAt;
    this.#coolDown.begin(now, error, serving ? held.lastAt - now : 0);
    if (serving) this.#wakeAt(this.#coolDown.until);
    this.observer.failed(error, this.#coolDown.until - now, serving);
  }

  /** So that a process in which nobody asks renews too. */
  #wakeAt(at: number): void {
    this.#cancelTimer();
    if (!this.#renewing) return;
    const wait = at - this.runtime.clock.now();
    this.#cancelTimer = this.runtime.timers.later(wait, () => this.#wake());
  }

  #wake(): void {
    const held = this.#held;
    const now = this.runtime.clock.now();
    if (held === undefined || now >= held.expiresAt) return;
    const due = Math.max(held.earlyAt, this.#coolDown.until);
    if (now < due) this.#wakeAt(due);
    else this.#renewBehind(now);
  }

  #trustForTurn(held: Held, now: number): void {
    if (held.expiresAt - now < TURN_MARGIN || now >= held.lastAt) return;
    this.#turn = held.promise;
    this.runtime.timers.afterTurn(this.#endTurn);
  }

  readonly #endTurn = (): void => {
    this.#turn = undefined;
  };

  #drop(): void {
    this.#cancelTimer();
    this.#held = undefined;
    this.#turn = undefined;
  }
}
