import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { isKopoKopoError } from '../errors/kopokopo.error.js';
import { withinBudget } from '../http/attempt-budget.js';
import type {
  UpstreamClient,
  UpstreamResponse,
} from '../http/upstream.client.js';
import type { Runtime } from '../time/runtime.js';
import type { AccessToken } from '../token/access-token.js';
import type { AuthorisedCalls } from '../token/authorised-calls.js';
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
    private readonly calls: AuthorisedCalls,
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
    const call = prepareCall(request, this.options);
    const response = await this.calls.run(call, (token, ending) =>
      this.send({ ...call, ending }, token),
    );
    return parseApiResponse<T>(response, call);
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
    return call.method === 'POST'
      ? attempt(attemptTimeout).catch(neverAgain)
      : withinBudget(
          attempt,
          { attempts: 3, attemptTimeout, budget: 2 * attemptTimeout },
          this.runtime,
          call.signal,
        );
  }
}

/** Whoever goes by `retryable` alone must not pay twice. */
function neverAgain(error: unknown): never {
  throw isKopoKopoError(error) && error.outcome === 'unknown'
    ? error.toldOf({ retryable: false })
    : error;
}
