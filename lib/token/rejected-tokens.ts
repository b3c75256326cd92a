/** Values remembered at the most. */
const MOST_REJECTED = 32;

/**
 * Tokens the API refused, so that none of them comes back.
 *
 * @internal
 */
export class RejectedTokens {
  readonly #values = new Set<string>();

  add(value: string): void {
    this.#values.delete(value);
    this.#values.add(value);
    for (const oldest of this.#values) {
      if (this.#values.size <= MOST_REJECTED) break;
      this.#values.delete(oldest);
    }
  }

  has(value: string): boolean {
    return this.#values.has(value);
  }
}
