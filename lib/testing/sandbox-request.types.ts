import type { SandboxRoute } from './sandbox-route.types.js';

/**
 * One request as the sandbox saw it. It holds what was sent, credentials included: do not log it.
 *
 * @publicApi
 */
export interface SandboxRequest {
  /** When the whole request had arrived. */
  readonly at: Date;
  /** What the request was for. */
  readonly route: SandboxRoute;
  /** HTTP method, such as `POST`. */
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Members of a form or JSON body sent to `/oauth/*`; empty elsewhere. */
  readonly form: Readonly<Record<string, string>>;
  /** The body as it was sent. */
  readonly body: string;
  /** The application that was recognised by its credentials or by its live bearer token. */
  readonly clientId?: string;
  /** Status that was answered; absent while, or when, no answer was given. */
  readonly status?: number;
  /** Whether the client left before its answer was complete. */
  readonly aborted: boolean;
}

/**
 * How many requests the sandbox has seen, by route, and how many connections it has accepted.
 *
 * @publicApi
 */
export interface SandboxCounters {
  /** `POST /oauth/token`. */
  readonly token: number;
  /** `POST /oauth/revoke`. */
  readonly revoke: number;
  /** `POST /oauth/introspect`. */
  readonly introspect: number;
  /** `GET /oauth/token/info`. */
  readonly tokenInfo: number;
  /** `/api/v1/**` and `/api/v2/**`. */
  readonly api: number;
  /** Anything else. */
  readonly other: number;
  /** TCP connections accepted. */
  readonly connections: number;
}

/**
 * A POST that the sandbox accepted: in production, money may have moved.
 *
 * @publicApi
 */
export interface SandboxCreation {
  /** Path segment of the resource, such as `incoming_payments`. */
  readonly resource: string;
  /** Last segment of the `Location` that was answered. */
  readonly id: string;
  /** The JSON body as it was sent. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The application whose token was used. */
  readonly clientId: string;
}

/** A logged request while it is still being answered. @internal */
export type OpenRequest = {
  -readonly [K in keyof SandboxRequest]: SandboxRequest[K];
};
