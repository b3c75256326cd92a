/** The rule book: so many rejected tokens are remembered. */
const MOST_REJECTED = 32;

/** Which tokens were rejected, and in what order things were asked. */
export class Rejections {
  /** Handed out again although they had been rejected. */
  readonly again = new Set<string>();
  /** Value to the moment at which it was rejected. */
  readonly #values = new Map<string, number>();
  #moment = 0;

  /** A point in the order of calls. */
  mark(): number {
    this.#moment += 1;
    return this.#moment;
  }

  add(value: string): void {
    this.#values.delete(value);
    this.#values.set(value, this.mark());
    const [oldest] = this.#values.keys();
    if (this.#values.size > MOST_REJECTED) this.#values.delete(oldest!);
  }

  has(value: string): boolean {
    return this.#values.has(value);
  }

  before(value: string, mark: number): boolean {
    return (this.#values.get(value) ?? Infinity) < mark;
  }
}
