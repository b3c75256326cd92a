/**
 * An API application that the sandbox knows.
 *
 * @publicApi
 */
export interface SandboxApplication {
  /** Client id, unique within the sandbox. */
  clientId: string;
  /** The secret; a list means that each of them is accepted now. */
  clientSecret: string | string[];
  /** Key of webhook signatures. A random one by default. */
  apiKey?: string | undefined;
  /** Its tills: any other is refused in Kopo Kopo's words. Default: every number is one of its tills. */
  tills?: string[] | undefined;
}

/**
 * Where callbacks and webhooks may be sent: to addresses of this machine alone, or to any.
 *
 * @publicApi
 */
export type SandboxDeliveryTargets = 'loopback' | 'any';

/**
 * When and how whatever was created comes to its end by itself.
 *
 * @publicApi
 */
export interface SandboxAutoComplete {
  /** Milliseconds after the creation. */
  after: number;
  /** Paid, transferred, reversed; or failed, expired. */
  outcome: 'success' | 'failure';
}

/**
 * How the sandbox behaves.
 *
 * @publicApi
 */
export interface KopoKopoSandboxOptions {
  /**
   * Address to listen on. Default `127.0.0.1`. Any other than a loopback address, such as `0.0.0.0` in a
   * container, is warned of once: whoever reaches it has the sandbox.
   */
  host?: string | undefined;
  /** Port to listen on. Default 0: any free one. */
  port?: number | undefined;
  /**
   * What `/api/v1/**` and `/api/v2/**` are. `kopokopo` (the default): Kopo Kopo's resources with their checks,
   * shapes and states, and 404 for anything else. `scripted`: any path can be read and any JSON object can be
   * created, so that a test of plain calls needs no valid payment.
   */
  api?: 'kopokopo' | 'scripted' | undefined;
  /** Lets payments and transfers end by themselves. Default: a test moves them. */
  autoComplete?: SandboxAutoComplete | undefined;
  /** Milliseconds before each further attempt of a delivery that was not answered with a 2xx, within 10 s. Default `[]`: one attempt. */
  deliveryRetries?: number[] | undefined;
  /** Where callbacks and webhooks may be sent. Default `loopback`: what leads elsewhere is listed as `not-sent`. */
  deliveryTargets?: SandboxDeliveryTargets | undefined;
  /** Known applications. Default: one, with values that are random for each start. */
  applications?: SandboxApplication[] | undefined;
  /** Life of a token in seconds, fractions allowed. Default 3600. `expires_in` is rounded down; of a new token it is 1 at least. */
  tokenLifetime?: number | undefined;
  /** Hand out the client's live token again, with what is left of its `expires_in`: 0 in its last second, as Doorkeeper says it. Default false. */
  reuseAccessToken?: boolean | undefined;
  /** Each new token revokes the client's older ones. Default false. */
  revokePreviousTokens?: boolean | undefined;
  /** Milliseconds before each answer, or a function that is asked for each. Default 0. */
  latency?: number | (() => number) | undefined;
}

/**
 * Requests that `waitForRequest` waits for.
 *
 * @publicApi
 */
export interface SandboxWaitOptions {
  /** Requests seen on the route in total. Default 1. */
  count?: number | undefined;
  /** Milliseconds to wait at most. Default 5000. */
  timeout?: number | undefined;
}

/**
 * The part of the module's options that leads to the sandbox.
 *
 * @publicApi
 */
export interface SandboxModuleOptions {
  /** Origin of the sandbox. */
  baseUrl: string;
  /** Client id of one of its applications. */
  clientId: string;
  /** A secret that this application may use. */
  clientSecret: string;
  /** Key that its deliveries are signed with. */
  apiKey: string;
}
