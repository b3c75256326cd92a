import type {
  SandboxDeliveryFault,
  SandboxDeliveryFaultOptions,
  SandboxDeliveryKind,
} from './sandbox-delivery.types.js';

interface QueuedFault {
  readonly fault: SandboxDeliveryFault;
  readonly of: SandboxDeliveryKind | undefined;
}

/** The faults of deliveries that are still to come. @internal */
export class DeliveryFaultQueue {
  #queued: QueuedFault[] = [];

  push(
    fault: SandboxDeliveryFault,
    { times = 1, of }: SandboxDeliveryFaultOptions = {},
  ): void {
    for (let i = 0; i < times; i++) {
      this.#queued.push({ fault, of });
    }
  }

  /** The fault for the next delivery of this kind. */
  take(kind: SandboxDeliveryKind): SandboxDeliveryFault | undefined {
    return this.#takeWhere(
      ({ fault, of }) =>
        fault.kind !== 'before-answer' && (of ?? kind) === kind,
    );
  }

  /** Whether the next creation has its deliveries sent before it is answered. */
  takeBeforeAnswer(): boolean {
    return !!this.#takeWhere(({ fault }) => fault.kind === 'before-answer');
  }

  clear(): void {
    this.#queued = [];
  }

  #takeWhere(
    matches: (queued: QueuedFault) => boolean,
  ): SandboxDeliveryFault | undefined {
    const place = this.#queued.findIndex(matches);
    return place < 0 ? undefined : this.#queued.splice(place, 1)[0].fault;
  }
}
