const BRAND = Symbol.for('nestjs-kopokopo.error');

/**
 * The fate of the request.
 *
 * - `not-sent`: nothing left this process, or no connection was made.
 * - `rejected`: the upstream answered that it did not accept it.
 * - `unknown`: it may have been accepted; look before you repeat a payment.
 *
 * @publicApi
 */
export type KopoKopoOutcome = 'not-sent' | 'rejected' | 'unknown';

/**
 * Stable text that names the kind of a failure, the same in every release.
 *
 * @publicApi
 */
export type KopoKopoErrorCode =
  | 'KOPOKOPO_CONFIGURATION'
  | 'KOPOKOPO_VALIDATION'
  | 'KOPOKOPO_AUTHENTICATION'
  | 'KOPOKOPO_PERMISSION'
  | 'KOPOKOPO_NOT_FOUND'
  | 'KOPOKOPO_REFUSED'
  | 'KOPOKOPO_REFERENCE'
  | 'KOPOKOPO_RATE_LIMIT'
  | 'KOPOKOPO_SERVER'
  | 'KOPOKOPO_TIMEOUT'
  | 'KOPOKOPO_CONNECTION'
  | 'KOPOKOPO_RESPONSE'
  | 'KOPOKOPO_ABORTED'
  | 'KOPOKOPO_SHUT_DOWN';

/**
 * The details of a failure beside its message.
 *
 * @publicApi
 */
export interface KopoKopoErrorDetails {
  /** May the upstream have acted? Each class has its own default. */
  outcome?: KopoKopoOutcome | undefined;
  /** Can the same call be made again, unchanged, and succeed? Each class has its own default. */
  retryable?: boolean | undefined;
  /** HTTP status of the upstream's answer, where there was one. */
  status?: number | undefined;
  /** The upstream's own words, redacted, one entry a message. */
  messages?: readonly string[] | undefined;
  /** The upstream's `X-Request-Id`, for a support call. */
  requestId?: string | undefined;
  /** Seconds the upstream asked to wait (`Retry-After`, RFC 9110 §10.2.3). */
  retryAfter?: number | undefined;
  /** OAuth error code of the answer (RFC 6749 §5.2), such as `invalid_client`. */
  oauthError?: string | undefined;
  /** Method of the call to Kopo Kopo that failed, such as `POST`. */
  method?: string | undefined;
  /** Path of the call to Kopo Kopo that failed, without its query, redacted. */
  path?: string | undefined;
}

/**
 * Base of every failure this package reports. It never holds an axios object, a request, a header,
 * a secret, a token or a phone number.
 *
 * @publicApi
 */
export abstract class KopoKopoError extends Error {
  /** Stable text that names the kind of the failure. */
  abstract readonly code: KopoKopoErrorCode;
  /** Can the same call be made again, unchanged, and succeed? Never so for a `POST` whose outcome is unknown. */
  readonly retryable: boolean;
  /** May the upstream have acted? */
  readonly outcome: KopoKopoOutcome;
  /** HTTP status of the upstream's answer, where there was one. */
  declare readonly status?: number;
  /** The upstream's own words, redacted; empty where it said nothing readable. */
  readonly messages: string[];
  /** The upstream's `X-Request-Id`, where there was one. */
  declare readonly requestId?: string;
  /** Seconds the upstream asked to wait, where it did. */
  declare readonly retryAfter?: number;
  /** OAuth error code of the answer (RFC 6749 §5.2), where there was one. */
  declare readonly oauthError?: string;
  /** Method of the call to Kopo Kopo that failed, such as `POST`; where there was such a call. */
  declare readonly method?: string;
  /** Path of that call without its query, redacted: `/api/v2/send_money`. */
  declare readonly path?: string;

  protected constructor(
    message: string,
    details: KopoKopoErrorDetails,
    defaults: { outcome: KopoKopoOutcome; retryable: boolean },
  ) {
    super(message);
    this.name = new.target.name;
    Object.defineProperty(this, BRAND, { value: true });
    this.outcome = details.outcome ?? defaults.outcome;
    this.retryable = details.retryable ?? defaults.retryable;
    this.messages = [...(details.messages ?? [])];
    if (details.status !== undefined) this.status = details.status;
    if (details.requestId !== undefined) this.requestId = details.requestId;
    if (details.retryAfter !== undefined) this.retryAfter = details.retryAfter;
    if (details.oauthError !== undefined) this.oauthError = details.oauthError;
    if (details.method !== undefined) this.method = details.method;
    if (details.path !== undefined) this.path = details.path;
  }

  /** The same failure, told of another call. @internal */
  toldOf(
    call: Pick<
      KopoKopoErrorDetails,
      'outcome' | 'retryable' | 'method' | 'path'
    >,
  ): KopoKopoError {
    const Class = this.constructor as new (
      message: string,
      details: KopoKopoErrorDetails,
    ) => KopoKopoError;
    return new Class(this.message, { ...this, ...call });
  }

  /** A plain object for structured logs: everything above, without the stack. */
  toJSON(): Record<string, unknown> {
    return { message: this.message, ...(this as Record<string, unknown>) };
  }
}

/**
 * Tells this package's errors from all others, also when an app loads both module formats and
 * `instanceof` would fail.
 *
 * @publicApi
 */
export function isKopoKopoError(error: unknown): error is KopoKopoError {
  return typeof error === 'object' && error !== null && BRAND in error;
}
