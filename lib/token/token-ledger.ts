import { Inject, Injectable } from '@nestjs/common';
import type { AccessToken } from './access-token.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';

/** Tokens remembered at the most; beyond it the one that expires first is let go. */
const MOST_DEBTS = 1_000;

/**
 * Every live token this process minted and has not given back yet.
 *
 * @internal
 */
@Injectable()
export class TokenLedger {
  /** Token value to the `clock.now()` at which it expires. */
  readonly #debts = new Map<string, number>();

  constructor(@Inject(RUNTIME) private readonly runtime: Runtime) {}

  get size(): number {
    return this.#debts.size;
  }

  has(value: string): boolean {
    return this.#debts.has(value);
  }

  add(value: string, deadline: number): void {
    // A server that hands a token out again may round its remaining life down.
    const known = this.#debts.get(value) ?? deadline;
    this.#debts.set(value, Math.max(known, deadline));
    if (this.#debts.size > MOST_DEBTS) this.letGo();
  }

  /** Owed longer than it is used: the server counts its life from later than we do. */
  addToken({ value, lifetime }: AccessToken): void {
    this.add(value, this.runtime.clock.now() + lifetime);
  }

  /** The token has been given back. */
  settle(value: string): void {
    this.#debts.delete(value);
  }

  /** Takes out all that still live, but for those that are to be spared; the taker has to revoke them. */
  takeAll(
    isSpared: (value: string) => boolean = () => false,
  ): Map<string, number> {
    this.dropExpired();
    const taken = new Map(
      [...this.#debts].filter(([value]) => !isSpared(value)),
    );
    for (const value of taken.keys()) this.#debts.delete(value);
    return taken;
  }

  private letGo(): void {
    this.dropExpired();
    const [first] = [...this.#debts].toSorted(([, a], [, b]) => a - b);
    if (this.#debts.size > MOST_DEBTS) this.#debts.delete(first![0]);
  }

  private dropExpired(): void {
    const now = this.runtime.clock.now();
    for (const [value, deadline] of this.#debts) {
      if (deadline <= now) this.#debts.delete(value);
    }
  }
}
