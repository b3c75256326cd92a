import { Inject, Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KopoKopoValidationError } from '../errors/validation.error.js';
import { withinBudget } from '../http/attempt-budget.js';
import { checkSignal } from '../http/signal.check.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import { AccessToken } from './access-token.js';
import { OAuthEndpoint } from './oauth.endpoint.js';
import { FleetMembership } from './store/fleet-membership.js';
import { TokenCache } from './token-cache.js';
import type { TokenEvent } from './token-event.types.js';
import { TokenEvents } from './token-events.js';
import type {
  TokenInfo,
  TokenIntrospection,
} from './token-introspection.interface.js';
import { TokenMinter } from './token-minter.js';
import { isTokenValue } from './token-response.parser.js';
import { toStatus } from './token-status.mapper.js';
import type { TokenStatus } from './token-status.interface.js';
import { TokenRevoker } from './token-revoker.js';

/**
 * Options of `TokenService.getToken`.
 *
 * @publicApi
 */
export interface GetTokenOptions {
  /** Frees this caller when it aborts; the shared request goes on while anyone else waits for it. */
  signal?: AbortSignal | undefined;
}

/**
 * The access token of one Kopo Kopo application: fetched once for all callers, renewed before it
 * expires, revoked when the app shuts down.
 *
 * Every method rejects with a `KopoKopoError`.
 *
 * @publicApi
 */
@Injectable()
export class TokenService {
  /** @internal */
  constructor(
    private readonly cache: TokenCache,
    private readonly minter: TokenMinter,
    private readonly revoker: TokenRevoker,
    private readonly endpoint: OAuthEndpoint,
    private readonly stream: TokenEvents,
    private readonly fleet: FleetMembership,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /**
   * A token that works. While a valid one is held nobody waits and nothing is sent; otherwise all
   * callers share one request (`POST /oauth/token`, RFC 6749 §4.4). With a `token.store` the whole fleet
   * shares it, and its failure: the error may tell of another process' request.
   *
   * @throws KopoKopoAuthenticationError when the credentials are refused
   * @throws KopoKopoRateLimitError, KopoKopoServerError, KopoKopoTimeoutError, KopoKopoConnectionError
   * or KopoKopoResponseError when no token could be had within the mint budget
   * @throws KopoKopoAbortError when `signal` aborts
   * @throws KopoKopoShutdownError once the application has shut down
   */
  getToken(options?: GetTokenOptions): Promise<AccessToken> {
    const signal = options?.signal;
    if (signal === undefined) return this.cache.get();
    return this.getAbortable(signal);
  }

  /** The token in hand, or `undefined`. Never asks the server, never gives an expired one. */
  peekToken(): AccessToken | undefined {
    return this.cache.peek();
  }

  /**
   * A token of your own: always asks the server and leaves the cache alone. Give it back with
   * `revokeToken`; what nobody gave back is revoked on shutdown, of more than 1,000 those that live longest.
   *
   * @throws KopoKopoError as `getToken`
   */
  requestToken(): Promise<AccessToken> {
    return this.minter.acquire();
  }

  /**
   * Makes a token unusable (`POST /oauth/revoke`, RFC 7009). Without an argument, the one in the
   * cache; if there is none, nothing is sent. The local copy is forgotten first, whatever the server
   * says; with a `token.store` the whole fleet gives it up. A token that was already revoked or never
   * existed counts as revoked.
   *
   * @throws KopoKopoPermissionError on 403: wrong credentials, or another client's token
   * @throws KopoKopoValidationError when the argument can't be a token; nothing was sent
   * @throws KopoKopoError of the other kinds when the server could not be asked: the token may live
   */
  async revokeToken(token?: AccessToken | string): Promise<void> {
    const value =
      token === undefined ? this.cache.peek()?.value : valueOf(token);
    if (value === undefined) return;
    this.cache.forget(value);
    await this.fleet.withdraw(value);
    await this.revoker.revoke(value);
    await this.fleet.settled(value);
  }

  /**
   * What the server says of a token (`POST /oauth/introspect`, RFC 7662). Without an argument, of
   * the token that `getToken` gives.
   *
   * @throws KopoKopoAuthenticationError when the credentials are refused
   * @throws KopoKopoValidationError when the argument can't be a token; nothing was sent
   */
  async introspectToken(
    token?: AccessToken | string,
  ): Promise<TokenIntrospection> {
    const value = await this.valueOrCurrent(token);
    return this.repeatable((timeout) =>
      this.endpoint.introspectToken(value, { timeout }),
    );
  }

  /**
   * What the server says of a token to its bearer (`GET /oauth/token/info`). Without an argument, of
   * the token that `getToken` gives.
   *
   * @throws KopoKopoAuthenticationError when the token is unknown, expired or revoked
   * @throws KopoKopoValidationError when the argument can't be a token; nothing was sent
   */
  async getTokenInfo(token?: AccessToken | string): Promise<TokenInfo> {
    const value = await this.valueOrCurrent(token);
    return this.repeatable((timeout) =>
      this.endpoint.getTokenInfo(value, { timeout }),
    );
  }

  /**
   * Call it when the API answered 401 to a token: drops the cached token if it is that very one, so
   * that the next `getToken` asks for a new one, and never takes the rejected one back.
   *
   * @throws KopoKopoValidationError when the argument can't be a token
   */
  invalidateToken(rejected: AccessToken | string): void {
    this.cache.invalidate(valueOf(rejected));
  }

  private async getAbortable(signal: AbortSignal): Promise<AccessToken> {
    checkSignal(signal);
    return this.cache.get(signal);
  }

  /** Where the token stands, for dashboards and health checks; never asks the server. */
  status(): TokenStatus {
    return toStatus(
      this.cache.status(),
      this.runtime.clock.wall(),
      this.fleet.status(),
    );
  }

  /** What happens to the token, as it happens; hot, and holds no token and no secret. */
  get events(): Observable<TokenEvent> {
    return this.stream.stream;
  }

  private async valueOrCurrent(token?: AccessToken | string): Promise<string> {
    return token === undefined ? (await this.getToken()).value : valueOf(token);
  }

  private repeatable<T>(call: (timeout: number) => Promise<T>): Promise<T> {
    const { timeout } = this.options;
    return withinBudget(
      call,
      { attempts: 3, attemptTimeout: timeout, budget: 2 * timeout },
      this.runtime,
    );
  }
}

function valueOf(token: AccessToken | string): string {
  const value: unknown =
    typeof token === 'string' ? token : (token as AccessToken | null)?.value;
  if (isTokenValue(value)) return value;
  throw new KopoKopoValidationError(
    'The token is neither an AccessToken nor the text of one (RFC 6750 §2.1); pass what getToken() gave.',
  );
}
