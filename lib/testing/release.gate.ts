/** Where hanging requests wait. @internal */
export class ReleaseGate {
  readonly #waiting = new Set<() => void>();

  /** Resolves when the gate is opened or the connection has gone. */
  opened(gone: AbortSignal): Promise<void> {
    return new Promise<void>((resolve) => {
      const settle = (): void => {
        this.#waiting.delete(settle);
        resolve();
      };
      this.#waiting.add(settle);
      gone.addEventListener('abort', settle, { once: true });
      if (gone.aborted) {
        settle();
      }
    });
  }

  open(): void {
    for (const settle of this.#waiting) {
      settle();
    }
  }
}
