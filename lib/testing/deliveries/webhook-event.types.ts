/** Something that subscriptions are told of. @internal */
export interface WebhookEvent {
  readonly topic: string;
  /** The till it happened on; only subscriptions of the company hear of an event without one. */
  readonly tillNumber?: string;
  /** Id of what it is about. */
  readonly about: string;
  /** `event.type`. */
  readonly type: string;
  /** `event.resource`. */
  readonly resource: Readonly<Record<string, unknown>>;
  /** Path of `_links.resource`. */
  readonly path: string;
  /** The body for a subscription that asked for Daraja's form. */
  readonly daraja?: Readonly<Record<string, unknown>>;
}
