import type { KnownApplication } from '../application.registry.js';
import type { WebhookEvent } from '../deliveries/webhook-event.types.js';
import type { SandboxDeliveryTargets } from '../sandbox-options.types.js';
import type { TransactionLedger } from '../transactions/transaction.ledger.js';

/** A JSON object whose members are not known. @internal */
export type JsonObject = Readonly<Record<string, unknown>>;

/** @internal */
export type ApiVersion = 'v1' | 'v2';

/** A POST that creates, and what it is judged by. @internal */
export interface ResourceRequest {
  readonly id: string;
  readonly version: ApiVersion;
  readonly body: JsonObject;
  /** Origin under which the client reaches the sandbox. */
  readonly origin: string;
  /** Where the resource will be found. */
  readonly self: string;
  readonly at: Date;
  readonly application: KnownApplication;
  readonly targets: SandboxDeliveryTargets;
  readonly ledger: TransactionLedger;
  /** What the same application created before at the same path with this key. */
  readonly earlier: (key: string) => readonly ResourceRecord[];
}

/** Something that was created. @internal */
export interface ResourceRecord {
  readonly resource: SandboxResource;
  readonly request: ResourceRequest;
  /** `data.attributes` now. */
  attributes: JsonObject;
  /** Whether nothing moves it any more. */
  final: boolean;
}

/** A change of state. @internal */
export type MoveName =
  | 'pay'
  | 'fail'
  | 'transfer'
  | 'failTransfer'
  | 'reverse'
  | 'expire'
  | 'cancel';

/** What a test says about a change of state; everything has a default. @internal */
export interface MoveDetails {
  readonly message?: string | undefined;
  readonly reference?: string | undefined;
  readonly amount?: number | undefined;
  readonly phoneNumber?: string | undefined;
  readonly firstName?: string | undefined;
  readonly middleName?: string | undefined;
  readonly lastName?: string | undefined;
  /** Places of the destinations that fail, from 0. Default: all. */
  readonly destinations?: readonly number[] | undefined;
}

/** What a change of state makes of a resource, and which webhooks tell of it. @internal */
export interface MoveResult {
  readonly attributes: JsonObject;
  readonly events?: readonly WebhookEvent[];
}

/** @internal */
export type ResourceMove = (
  record: ResourceRecord,
  details: MoveDetails,
) => MoveResult;

/** A row of the table of resources. @internal */
export interface SandboxResource {
  /** Path segment. */
  readonly path: string;
  readonly versions: readonly ApiVersion[];
  /** `data.type` of an answer. */
  readonly type: string;
  /** `data.type` of a callback, where it differs. */
  readonly callbackType?: string;
  /** Checks a request and gives the attributes of what it creates; throws a `RequestRefusal`. */
  readonly begin: (request: ResourceRequest) => JsonObject;
  /** By what it is found again, such as the phone that rings. */
  readonly keyOf?: (body: JsonObject) => string;
  /** The changes of state that it knows. None: it stays as it began. */
  readonly moves?: Partial<Record<MoveName, ResourceMove>>;
  /** The moves that `autoComplete` makes. */
  readonly ends?: { readonly success: MoveName; readonly failure: MoveName };
  /** Whether its result is there at once and is sent to its callback. */
  readonly answersAtOnce?: boolean;
}
