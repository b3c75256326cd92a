/**
 * The kind of a call: the result of a request, sent to its callback URL; a webhook in Kopo Kopo's own
 * form; or one in Daraja's form.
 *
 * @publicApi
 */
export type SandboxDeliveryKind = 'callback' | 'webhook' | 'daraja';

/**
 * Where a delivery stands.
 *
 * - `waiting`: still to be sent, or to be sent again
 * - `held`: kept back by a fault until `releaseDeliveries()`
 * - `delivered`: answered with a 2xx
 * - `failed`: sent as often as `deliveryRetries` says and never answered with a 2xx
 * - `lost`: never sent, by a fault
 * - `not-sent`: its URL leads away from this machine (see `deliveryTargets`)
 *
 * @publicApi
 */
export type SandboxDeliveryState =
  'waiting' | 'held' | 'delivered' | 'failed' | 'lost' | 'not-sent';

/**
 * One time that a delivery was sent.
 *
 * @publicApi
 */
export interface SandboxDeliveryAttempt {
  /** When it was sent. */
  readonly at: Date;
  /** Status that was answered. */
  readonly status?: number;
  /** Why there was no answer. */
  readonly error?: string;
}

/**
 * A signed call from the sandbox to the application. It holds what was sent: do not log it.
 *
 * @publicApi
 */
export interface SandboxDelivery {
  /** Id of the delivery, for `redeliver`. */
  readonly id: string;
  /** What kind of call it is. */
  readonly kind: SandboxDeliveryKind;
  /** Topic of a webhook; `data.type` of a callback. */
  readonly topic: string;
  /** Id of the resource or of the transaction that it is about. */
  readonly about: string;
  /** Where it goes. */
  readonly url: string;
  /** The body, byte for byte. */
  readonly body: string;
  /** Headers, the signature included. */
  readonly headers: Readonly<Record<string, string>>;
  /** When the sandbox had it to send. */
  readonly at: Date;
  /** Where it stands. */
  readonly state: SandboxDeliveryState;
  /** Each time that it was sent. */
  readonly attempts: readonly SandboxDeliveryAttempt[];
}

/**
 * A fault of a delivery.
 *
 * - `lost`: it is never sent
 * - `repeat`: it is sent `times` times (2 by default), one after the other
 * - `late`: it is sent `ms` milliseconds late
 * - `hold`: it is sent at `releaseDeliveries()`, after others that came later: out of order
 * - `wrong-signature`: it is signed with another key
 * - `before-answer`: the next creation that has a result reaches its end at once, as `autoComplete` says or
 *   else with success, and its deliveries have been sent before the 201 is
 *
 * @publicApi
 */
export type SandboxDeliveryFault =
  | { kind: 'lost' }
  | { kind: 'repeat'; times?: number | undefined }
  | { kind: 'late'; ms: number }
  | { kind: 'hold' }
  | { kind: 'wrong-signature' }
  | { kind: 'before-answer' };

/**
 * Which deliveries a fault meets.
 *
 * @publicApi
 */
export interface SandboxDeliveryFaultOptions {
  /** How many of them. Default 1. */
  times?: number | undefined;
  /** Only deliveries of this kind. Default: any. */
  of?: SandboxDeliveryKind | undefined;
}

/**
 * Deliveries that `waitForDelivery` waits for. One counts once it is `delivered`, `failed`, `lost` or `not-sent`.
 *
 * @publicApi
 */
export interface SandboxDeliveryWaitOptions {
  /** Deliveries in total. Default 1. */
  count?: number | undefined;
  /** Milliseconds to wait at most. Default 5000. */
  timeout?: number | undefined;
  /** Only deliveries of this kind. Default: any. */
  kind?: SandboxDeliveryKind | undefined;
  /** Only deliveries about this resource or transaction. Default: any. */
  about?: string | undefined;
}
