import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import {
  isKopoKopoError,
  type KopoKopoOutcome,
} from '../errors/kopokopo.error.js';
import { withinBudget } from '../http/attempt-budget.js';
import type {
  UpstreamClient,
  UpstreamResponse,
} from '../http/upstream.client.js';
import type { Runtime } from '../time/runtime.js';
import type { AccessToken } from '../token/access-token.js';
import type { StaleTokens } from '../token/stale-tokens.js';
import type { TokenUses } from '../token/token-uses.js';
import type { TokenService } from '../token/token.service.js';
import type {
  KopoKopoCallOptions,
  KopoKopoRequest,
  KopoKopoResponse,
} from './api-call.interface.js';
import { type PreparedCall, prepareCall } from './api-call.preparer.js';
import { parseApiResponse } from './api-response.parser.js';

/**
 * Authorised calls to Kopo Kopo's API: the bearer is attached, and only ever sent to the configured
 * origin. After a 401 a call is sent once more with a new token. A `GET` is repeated on network
 * failures, 429 and 5xx; a `POST` is never repeated for any other reason than a 401, which means
 * that it was not accepted.
 *
 * Every method rejects with a `KopoKopoError` whose `outcome` says whether a `POST` may have been
 * accepted.
 *
 * @publicApi
 */
export class KopoKopoHttpService {
  /** @internal */
  constructor(
    private readonly client: UpstreamClient,
    private readonly tokens: TokenService,
    private readonly uses: TokenUses,
    private readonly stale: StaleTokens,
    private readonly options: ResolvedOptions,
    private readonly runtime: Runtime,
  ) {}

  /**
   * `GET` of a path below `/api/{version}`, or of a `Location` that Kopo Kopo gave.
   *
   * @throws KopoKopoValidationError when the path is on another host; nothing was sent
   * @throws KopoKopoNotFoundError when there is no such resource
   */
  get<T = unknown>(
    path: string,
    options: KopoKopoCallOptions = {},
  ): Promise<KopoKopoResponse<T>> {
    return this.request<T>({ ...options, method: 'GET', path });
  }

  /**
   * `POST` of a JSON body to a path below `/api/{version}`. The `location` header of the answer is
   * the URL of what was created.
   *
   * @throws KopoKopoRefusedError when the API refuses the request; `messages` says why
   * @throws KopoKopoTimeoutError, KopoKopoConnectionError, KopoKopoServerError with `outcome:
   * 'unknown'` when it may have been accepted: look before you repeat it
   */
  post<T = unknown>(
    path: string,
    body?: unknown,
    options: KopoKopoCallOptions = {},
  ): Promise<KopoKopoResponse<T>> {
    return this.request<T>({ ...options, method: 'POST', path, body });
  }

  /**
   * A call in full; what `get` and `post` are made of.
   *
   * @throws KopoKopoError as they do
   */
  async request<T = unknown>(
    request: KopoKopoRequest,
  ): Promise<KopoKopoResponse<T>> {
    return parseApiResponse<T>(
      await this.authorised(prepareCall(request, this.options)),
    );
  }

  private async authorised(call: PreparedCall): Promise<UpstreamResponse> {
    const since = this.runtime.clock.now();
    const token = await this.tokenFor(call, 'not-sent');
    try {
      return await this.send(call, token);
    } catch (error) {
      if (!isRejectedToken(error) || !this.isReplaced(token, since))
        throw error;
    }
    const next = await this.tokenFor(call, 'rejected');
    return this.replay(call, next);
  }

  /** Is there, or can there be, another token than the one that was rejected? */
  private isReplaced(token: AccessToken, since: number): boolean {
    if (this.tokens.peekToken()?.value !== token.value) return true;
    if (!this.stale.isStale(token, since)) return false;
    this.tokens.invalidateToken(token);
    return true;
  }

  private async replay(
    call: PreparedCall,
    token: AccessToken,
  ): Promise<UpstreamResponse> {
    try {
      const response = await this.send(call, token);
      this.stale.renewed(true);
      return response;
    } catch (error) {
      if (isRejectedToken(error)) this.stale.renewed(false);
      throw error;
    }
  }

  /** A failure to get a token says nothing of the call itself, so the outcome is the call's. */
  private async tokenFor(
    { signal }: PreparedCall,
    outcome: KopoKopoOutcome,
  ): Promise<AccessToken> {
    try {
      return await this.tokens.getToken(signal && { signal });
    } catch (error) {
      throw isKopoKopoError(error) ? error.toldOf({ outcome }) : error;
    }
  }

  private send(
    call: PreparedCall,
    token: AccessToken,
  ): Promise<UpstreamResponse> {
    const attempt = (timeout: number): Promise<UpstreamResponse> =>
      this.client.send({
        ...call,
        timeout,
        headers: { Authorization: token.authorization },
      });
    const attemptTimeout = call.timeout;
    return this.uses.during(token.value, () =>
      call.method === 'POST'
        ? attempt(attemptTimeout).catch(neverAgain)
        : withinBudget(
            attempt,
            { attempts: 3, attemptTimeout, budget: 2 * attemptTimeout },
            this.runtime,
            call.signal,
          ),
    );
  }
}

/** Whoever goes by `retryable` alone must not pay twice. */
function neverAgain(error: unknown): never {
  throw isKopoKopoError(error) && error.outcome === 'unknown'
    ? error.toldOf({ retryable: false })
    : error;
}

/** 401 for the token itself; one with too small a scope would be refused again. */
function isRejectedToken(error: unknown): boolean {
  return (
    isKopoKopoError(error) &&
    error.status === 401 &&
    error.oauthError !== 'insufficient_scope'
  );
}
