import { Injectable } from '@nestjs/common';

interface Use {
  calls: number;
  freed: Array<() => void>;
}

/** Hears of each use of a token. @internal */
export interface TokenUseListener {
  /** A call begins with the token. */
  begun(value: string): void;
  /** No call uses the token any more. */
  freed(value: string): void;
}

/**
 * Which tokens are on their way with an authorised call.
 *
 * @internal
 */
@Injectable()
export class TokenUses {
  readonly #uses = new Map<string, Use>();
  #listener: TokenUseListener | undefined;

  /** Counts the call as a use of the token until it ends. */
  async during<T>(value: string, call: () => Promise<T>): Promise<T> {
    const use = this.#uses.get(value) ?? { calls: 0, freed: [] };
    this.#uses.set(value, use);
    use.calls += 1;
    this.#listener?.begun(value);
    try {
      return await call();
    } finally {
      use.calls -= 1;
      if (use.calls === 0) this.free(value, use);
    }
  }

  isUsed(value: string): boolean {
    return this.#uses.has(value);
  }

  /** Runs `task` as soon as no call uses the token. */
  whenFree(value: string, task: () => void): void {
    const use = this.#uses.get(value);
    if (use === undefined) task();
    else use.freed.push(task);
  }

  /** Resolves when the tokens that are used now are used no more. */
  async freeOfPresent(): Promise<void> {
    const present = [...this.#uses.keys()].map(
      (value) => new Promise<void>((done) => this.whenFree(value, done)),
    );
    await Promise.all(present);
  }

  listen(listener: TokenUseListener): void {
    this.#listener = listener;
  }

  private free(value: string, use: Use): void {
    this.#uses.delete(value);
    for (const task of use.freed) task();
    this.#listener?.freed(value);
  }
}
