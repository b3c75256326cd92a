import { randomUUID } from 'node:crypto';
import { signDelivery } from './delivery.signature.js';
import type { SignedDelivery } from './delivery.signature.js';
import type {
  SandboxDelivery,
  SandboxDeliveryAttempt,
  SandboxDeliveryKind,
  SandboxDeliveryState,
} from './sandbox-delivery.types.js';

/** What is to be sent. @internal */
export interface DeliveryDraft {
  readonly kind: SandboxDeliveryKind;
  readonly topic: string;
  readonly about: string;
  readonly url: string;
  readonly body: object;
  readonly apiKey: string;
}

/** A delivery while it is on its way. @internal */
export class DeliveryEntry {
  readonly id = randomUUID();
  readonly draft: DeliveryDraft;
  readonly signed: SignedDelivery;
  state: SandboxDeliveryState = 'waiting';
  readonly #at = new Date();
  readonly #attempts: SandboxDeliveryAttempt[] = [];

  /** Signed with `key`, which a fault may make another one than the application's. */
  constructor(draft: DeliveryDraft, key = draft.apiKey) {
    this.draft = draft;
    this.signed = signDelivery(draft.body, key);
  }

  /** Whether nothing more happens to it by itself. */
  get ended(): boolean {
    return this.state !== 'waiting' && this.state !== 'held';
  }

  add(attempt: SandboxDeliveryAttempt): void {
    this.#attempts.push(Object.freeze(attempt));
  }

  /** How it stands now; the object does not change afterwards. */
  snapshot(): SandboxDelivery {
    const { kind, topic, about, url } = this.draft;
    return Object.freeze({
      id: this.id,
      kind,
      topic,
      about,
      url,
      body: this.signed.body.toString(),
      headers: Object.freeze({ ...this.signed.headers }),
      at: this.#at,
      state: this.state,
      attempts: Object.freeze([...this.#attempts]),
    });
  }
}
