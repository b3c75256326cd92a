import type { SandboxFault } from './sandbox-fault.types.js';
import type { SandboxRoute, SandboxTarget } from './sandbox-route.types.js';

/** The faults that are still to come. @internal */
export class FaultQueue {
  readonly #next = new Map<SandboxRoute | 'all', SandboxFault[]>();
  readonly #always = new Map<SandboxRoute | 'all', SandboxFault>();

  push(target: SandboxTarget, fault: SandboxFault, times: number): void {
    const queue = this.#next.get(target) ?? [];
    this.#next.set(target, [
      ...queue,
      ...Array.from({ length: times }, () => fault),
    ]);
  }

  setAlways(target: SandboxTarget, fault: SandboxFault): void {
    this.#always.set(target, fault);
  }

  clear(target: SandboxTarget): void {
    for (const faults of [this.#next, this.#always]) {
      if (target === 'all') {
        faults.clear();
      } else {
        faults.delete(target);
      }
    }
  }

  /** The fault for this request: one queued for its route, queued for all, lasting for its route, lasting for all. */
  take(route: SandboxRoute): SandboxFault | undefined {
    return (
      this.#next.get(route)?.shift() ??
      this.#next.get('all')?.shift() ??
      this.#always.get(route) ??
      this.#always.get('all')
    );
  }
}
