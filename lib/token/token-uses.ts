import { Injectable } from '@nestjs/common';

interface Use {
  calls: number;
  freed: Array<() => void>;
}

/**
 * Which tokens are on their way with an authorised call.
 *
 * @internal
 */
@Injectable()
export class TokenUses {
  readonly #uses = new Map<string, Use>();
  #eachFree: (value: string) => void = () => {};

  /** Counts the call as a use of the token until it ends. */
  async during<T>(value: string, call: () => Promise<T>): Promise<T> {
    const use = this.#uses.get(value) ?? { calls: 0, freed: [] };
    this.#uses.set(value, use);
    use.calls += 1;
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

  /** Runs `task` for every token that is freed. */
  wheneverFree(task: (value: string) => void): void {
    this.#eachFree = task;
  }

  private free(value: string, use: Use): void {
    this.#uses.delete(value);
    for (const task of use.freed) task();
    this.#eachFree(value);
  }
}
