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
}

/**
 * How the sandbox behaves.
 *
 * @publicApi
 */
export interface KopoKopoSandboxOptions {
  /** Port on 127.0.0.1. Default 0: any free one. */
  port?: number | undefined;
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
 * What `waitForRequest` waits for.
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
}
