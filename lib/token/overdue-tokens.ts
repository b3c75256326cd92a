import { Inject, Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { isKopoKopoError } from '../errors/kopokopo.error.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import type { CallLimits } from './call-limits.interface.js';
import { TokenLedger } from './token-ledger.js';
import { tokenValueIn } from './token-response.parser.js';
import { TokenRevoker } from './token-revoker.js';

/** How long a token of an overdue answer is taken to live, in milliseconds: the usual hour. */
const ASSUMED_LIFETIME = 3_600_000;

/** Milliseconds for which a shutdown waits for overdue answers. */
const PATIENCE = 1_000;

/**
 * Revokes the tokens of answers that came after their attempt had timed out: another attempt has been made
 * by then, and nobody would use or revoke them.
 *
 * @internal
 */
@Injectable()
export class OverdueTokens {
  /** Answers that may still come, and what ends the wait for each. */
  readonly #expected = new Map<Promise<void>, () => void>();
  /** Tokens that came overdue and are to be revoked. */
  readonly #values = new Set<string>();

  constructor(
    private readonly revoker: TokenRevoker,
    private readonly ledger: TokenLedger,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** Makes one attempt. `requested` resolves when no token request is under way any more. */
  async attempt<T>(
    send: (limits: Pick<CallLimits, 'onLate' | 'lateLimit'>) => Promise<T>,
    requested: () => Promise<void>,
  ): Promise<T> {
    const lateLimit = this.options.token.mintBudget;
    let end = (): void => {};
    const answered = new Promise<void>((resolve) => (end = resolve));
    try {
      return await send({
        lateLimit,
        onLate: ({ text }) => {
          void this.take(text, requested);
          end();
        },
      });
    } catch (error) {
      if (mayBeAnswered(error)) {
        const cancel = this.runtime.timers.later(lateLimit, end);
        this.#expected.set(answered, cancel);
        void answered.then(() => this.forget(answered));
      }
      throw error;
    }
  }

  /** A server that reuses tokens has brought this one in time as well. */
  keep(value: string): void {
    this.#values.delete(value);
  }

  /** Resolves when no overdue answer can come any more, or none came for a while. */
  async idle(): Promise<void> {
    if (this.#expected.size === 0) return;
    const done = new AbortController();
    await Promise.race([
      Promise.all(this.#expected.keys()),
      this.runtime.timers.pause(PATIENCE, done.signal),
    ]);
    done.abort();
  }

  /** The wait is over; an answer that comes all the same is revoked while the process lives. */
  close(): void {
    for (const answered of this.#expected.keys()) this.forget(answered);
  }

  private forget(answered: Promise<void>): void {
    this.#expected.get(answered)?.();
    this.#expected.delete(answered);
  }

  private async take(
    text: string,
    requested: () => Promise<void>,
  ): Promise<void> {
    const value = tokenValueIn(text);
    if (value === undefined || this.ledger.has(value)) return;
    this.ledger.add(value, this.runtime.clock.now() + ASSUMED_LIFETIME);
    this.#values.add(value);
    await requested();
    // A fleet on such a server may use it: this process looks into the store at each beat.
    const { store, beat } = this.options.token;
    if (store !== undefined) {
      await new Promise<void>((resolve) =>
        this.runtime.timers.later(2 * beat, resolve),
      );
    }
    if (!this.#values.delete(value) || !this.ledger.has(value)) return;
    await this.revoker.revoke(value).catch(() => {
      // It stays in the ledger and is revoked with the other debts.
    });
  }
}

/** The request has left, and its attempt ended before any answer came. */
function mayBeAnswered(error: unknown): boolean {
  return (
    isKopoKopoError(error) &&
    error.outcome === 'unknown' &&
    error.status === undefined &&
    (error.code === 'KOPOKOPO_TIMEOUT' || error.code === 'KOPOKOPO_SHUT_DOWN')
  );
}
