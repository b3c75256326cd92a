import { createHmac, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import type { Clock } from '../time/clock.js';

/** Where this process got a token from: Kopo Kopo itself, or the token store. @internal */
export type TokenOrigin = 'kopokopo' | 'store';

/** What an access token is made of. @internal */
export interface AccessTokenParts {
  value: string;
  scopes: readonly string[];
  /** Milliseconds from `startedAt`. */
  lifetime: number;
  /** `clock.now()` before the request left. */
  startedAt: number;
  /** The upstream's own `created_at`, where it gave one: tells a token that was handed out again. */
  createdAt?: number | string;
  /** Default `kopokopo`. */
  from?: TokenOrigin;
}

const REDACTED = '[redacted]';

/** Tells two tokens apart for a test library that compares objects member by member. */
const FINGERPRINT = Symbol('fingerprint');

/** Made for this process alone, so that a fingerprint in a log tells nothing. */
const FINGERPRINT_KEY = randomBytes(32);

/**
 * An access token (RFC 6749 §1.4). It is immutable, and it prints as `[redacted]`: `value` and
 * `authorization` are the only ways to read it.
 *
 * A copy that a logger or a test library makes of it is no token: `value` and `authorization` of a copy are
 * `[redacted]`, and it has expired. Assigning to a member of a copy changes nothing and throws nothing,
 * because loggers redact the copy in place.
 *
 * @publicApi
 */
export class AccessToken {
  readonly #value: string;
  readonly #authorization: string;
  readonly #scopes: readonly string[];
  readonly #issuedAt: number;
  readonly #lifetime: number;
  readonly #deadline: number;
  readonly #createdAt: number | string | undefined;
  readonly #from: TokenOrigin;
  readonly #clock: Clock;

  /** @internal */
  constructor(parts: AccessTokenParts, clock: Clock) {
    this.#value = parts.value;
    this.#authorization = `Bearer ${parts.value}`;
    this.#scopes = Object.freeze([...parts.scopes]);
    this.#issuedAt = clock.wall() - (clock.now() - parts.startedAt);
    this.#lifetime = parts.lifetime;
    this.#deadline = parts.startedAt + parts.lifetime;
    this.#createdAt = parts.createdAt;
    this.#from = parts.from ?? 'kopokopo';
    this.#clock = clock;
    Object.defineProperty(this, FINGERPRINT, {
      value: createHmac('sha256', FINGERPRINT_KEY)
        .update(parts.value)
        .digest('base64url'),
      enumerable: true,
    });
    Object.freeze(this);
  }

  /** The token itself: a secret. */
  get value(): string {
    return #value in this ? this.#value : REDACTED;
  }

  /** Ready-made value of an `Authorization` header (RFC 6750 §2.1): a secret. */
  get authorization(): string {
    return #value in this ? this.#authorization : REDACTED;
  }

  /** Always `Bearer` (RFC 6750). */
  get type(): 'Bearer' {
    return 'Bearer';
  }

  /** Scopes of the token; empty where the server named none. */
  get scopes(): readonly string[] {
    return #value in this ? this.#scopes : [];
  }

  /** Wall-clock time before the request for the token left. */
  get issuedAt(): Date {
    return new Date(#value in this ? this.#issuedAt : NaN);
  }

  /** Wall-clock time from which the token is no longer accepted. */
  get expiresAt(): Date {
    return new Date(#value in this ? this.#issuedAt + this.#lifetime : NaN);
  }

  /** Has it expired? Judged by a clock that neither jumps nor sleeps, not by `expiresAt`. */
  isExpired(): boolean {
    return !(#value in this) || this.#clock.now() >= this.#deadline;
  }

  /** Milliseconds of life from the moment before the request left. @internal */
  get lifetime(): number {
    return this.#lifetime;
  }

  /** `clock.now()` at which it expires. @internal */
  get deadline(): number {
    return this.#deadline;
  }

  /** @internal */
  get from(): TokenOrigin {
    return this.#from;
  }

  /** @internal */
  get createdAt(): number | string | undefined {
    return this.#createdAt;
  }

  /** `AccessToken([redacted])`: what a template string shows. */
  toString(): string {
    return 'AccessToken([redacted])';
  }

  /** What `JSON.stringify` and structured loggers show: everything but the value. */
  toJSON(): Record<string, unknown> {
    return {
      value: REDACTED,
      type: this.type,
      scopes: this.scopes,
      issuedAt: this.issuedAt,
      expiresAt: this.expiresAt,
    };
  }

  /** What `console.log` and `util.inspect` show: never the value. */
  [inspect.custom](): string {
    const expiresAt = this.expiresAt.toJSON() ?? 'unknown';
    return `AccessToken { value: ${REDACTED}, expiresAt: ${expiresAt} }`;
  }

  // Not as `set` accessors: for TypeScript the members stay read-only.
  static {
    const members = ['value', 'authorization', 'type', 'scopes'];
    for (const name of [...members, 'issuedAt', 'expiresAt']) {
      const member = Object.getOwnPropertyDescriptor(this.prototype, name);
      Object.defineProperty(this.prototype, name, {
        ...member,
        set(this: object) {
          if (!(#value in this)) return;
          throw new TypeError('An AccessToken can not be changed.');
        },
      });
    }
  }
}
