import { randomBytes } from 'node:crypto';

/** A token that was handed out. @internal */
export interface IssuedToken {
  readonly value: string;
  readonly clientId: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
  /** Unix milliseconds. */
  expiresAt: number;
  revoked: boolean;
}

/** How tokens are issued. @internal */
export interface IssuePolicy {
  /** Seconds. */
  lifetime: number;
  readonly reuse: boolean;
  readonly revokePrevious: boolean;
}

/** Every token the sandbox has issued. @internal */
export class TokenRegistry {
  readonly #policy: IssuePolicy;
  readonly #issued = new Map<string, IssuedToken>();

  constructor(policy: IssuePolicy) {
    this.#policy = policy;
  }

  set lifetime(seconds: number) {
    this.#policy.lifetime = seconds;
  }

  get issued(): string[] {
    return [...this.#issued.keys()];
  }

  issue(clientId: string): IssuedToken {
    const current = this.live(clientId);
    const reusable = this.#policy.reuse ? current.at(-1) : undefined;
    if (reusable) {
      return reusable;
    }
    if (this.#policy.revokePrevious) {
      current.forEach(revoke);
    }
    return this.#mint(clientId);
  }

  find(value: string | undefined): IssuedToken | undefined {
    return this.#issued.get(value ?? '');
  }

  live(clientId?: string): IssuedToken[] {
    return [...this.#issued.values()].filter(
      (token) =>
        isLive(token) && (clientId ?? token.clientId) === token.clientId,
    );
  }

  clear(): void {
    this.#issued.clear();
  }

  #mint(clientId: string): IssuedToken {
    const createdAt = Date.now();
    const token: IssuedToken = {
      value: randomBytes(32).toString('base64url'),
      clientId,
      createdAt,
      expiresAt: createdAt + this.#policy.lifetime * 1000,
      revoked: false,
    };
    this.#issued.set(token.value, token);
    return token;
  }
}

/** @internal */
export function isExpired(token: IssuedToken): boolean {
  return Date.now() >= token.expiresAt;
}

/** @internal */
export function isLive(token: IssuedToken): boolean {
  return !token.revoked && !isExpired(token);
}

/** @internal */
export function revoke(token: IssuedToken): void {
  token.revoked = true;
}

/** @internal */
export function expire(token: IssuedToken): void {
  token.expiresAt = Math.min(token.expiresAt, Date.now());
}

/** Seconds left, rounded down: 0 in the last one (Doorkeeper's `expires_in_seconds`). @internal */
export function secondsLeft(token: IssuedToken, now = Date.now()): number {
  return Math.max(0, Math.floor((token.expiresAt - now) / 1000));
}

/** Unix milliseconds as unix seconds. @internal */
export function unixSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
