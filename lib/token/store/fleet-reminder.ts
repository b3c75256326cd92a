import { Injectable } from '@nestjs/common';
import type { AccessToken } from '../access-token.js';
import { TokenLedger } from '../token-ledger.js';
import { FleetLink } from './fleet-link.js';

/** Superseded tokens remembered at the most. */
const MOST_SUPERSEDED = 8;

/**
 * Remembers what this process has seen superseded, and tells the store again: one that has been emptied
 * has forgotten what it was to revoke, and nobody else may know of it.
 *
 * @internal
 */
@Injectable()
export class FleetReminder {
  #superseded: AccessToken[] = [];
  #isOwed = false;
  #left = false;

  constructor(
    private readonly link: FleetLink,
    private readonly ledger: TokenLedger,
  ) {}

  /** The store has not been told all of it since it may have forgotten it. */
  get isOwed(): boolean {
    return this.#isOwed;
  }

  /** Owed until it has been gone through to the end. */
  owe(): void {
    this.#isOwed = true;
  }

  /** This process uses another one from here on. */
  remember(token: AccessToken): void {
    if (!this.link.configured) return;
    // A store that was emptied between two steps has not been missed.
    this.#isOwed = true;
    this.forget(token.value);
    this.#superseded = [
      ...this.#superseded.filter((one) => !one.isExpired()),
      token,
    ].slice(-MOST_SUPERSEDED);
  }

  /** It is in use again: a server that reuses tokens has handed it out once more. */
  forget(value: string): void {
    if (!this.remembers(value)) return;
    this.#superseded = this.#superseded.filter((one) => one.value !== value);
  }

  /** A store that has this one in use has come back from the past. */
  remembers(value: string): boolean {
    return this.#superseded.some((token) => token.value === value);
  }

  /** Who has left says it only on the way out. */
  async remind(isLast = false): Promise<void> {
    this.#isOwed = true;
    const all = this.#superseded;
    for (const token of all) {
      if (this.#left && !isLast) return;
      // What the store never had is this process' own to give back, while there is time for it.
      const isOwn = this.ledger.has(token.value) && !isLast;
      if (token.isExpired() || isOwn) continue;
      if ((await this.link.supersede(token, isLast)) === undefined) return;
    }
    // One that has come meanwhile is still to be told of.
    if (this.#superseded === all) this.#isOwed = false;
  }

  leave(): void {
    this.#left = true;
  }
}
