import { inspect } from 'node:util';
import type { Clock } from '../time/clock.js';

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
}

/**
 * An access token (RFC 6749 §1.4). Immutable, and silent: `value` and `authorization` are the only
 * ways to read it; everything that prints it prints `[redacted]`.
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
    this.#clock = clock;
    Object.freeze(this);
  }

  /** The token itself: a secret. */
  get value(): string {
    return this.#value;
  }

  /** Ready-made value of an `Authorization` header (RFC 6750 §2.1): a secret. */
  get authorization(): string {
    return this.#authorization;
  }

  /** Always `Bearer` (RFC 6750). */
  get type(): 'Bearer' {
    return 'Bearer';
  }

  /** Scopes of the token; empty where the server named none. */
  get scopes(): readonly string[] {
    return this.#scopes;
  }

  /** Wall-clock time before the request for the token left. */
  get issuedAt(): Date {
    return new Date(this.#issuedAt);
  }

  /** Wall-clock time from which the token is no longer accepted. */
  get expiresAt(): Date {
    return new Date(this.#issuedAt + this.#lifetime);
  }

  /** Has it expired? Judged by a clock that neither jumps nor sleeps, not by `expiresAt`. */
  isExpired(): boolean {
    return this.#clock.now() >= this.#deadline;
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
      value: '[redacted]',
      type: this.type,
      scopes: this.scopes,
      issuedAt: this.issuedAt,
      expiresAt: this.expiresAt,
    };
  }

  /** What `console.log` and `util.inspect` show: never the value. */
  [inspect.custom](): string {
    return `AccessToken { value: [redacted], expiresAt: ${this.expiresAt.toISOString()} }`;
  }
}
