import {
  isKopoKopoError,
  type KopoKopoOutcome,
} from '../errors/kopokopo.error.js';
import { pathOf } from '../http/request-path.js';
import type { Runtime } from '../time/runtime.js';
import type { AccessToken } from './access-token.js';
import type { CallsUnderWay } from './calls-under-way.js';
import type { RejectionThrottle } from './rejection-throttle.js';
import type { TokenService } from './token.service.js';
import type { TokenUses } from './token-uses.js';

/** What has to be known of a call to authorise it. @internal */
export interface AuthorisedCall {
  method: string;
  /** Path of the request, with its query. */
  path: string;
  signal?: AbortSignal | undefined;
}

/**
 * The door of the token room for calls of the API: gives each call a token, once more after a 401, and
 * knows which calls and which tokens are under way.
 *
 * @internal
 */
export class AuthorisedCalls {
  constructor(
    private readonly tokens: TokenService,
    private readonly underWay: CallsUnderWay,
    private readonly uses: TokenUses,
    private readonly throttle: RejectionThrottle,
    private readonly runtime: Runtime,
  ) {}

  /** Runs `send` with a token, and once more with another one where that one was rejected. */
  run<T>(
    call: AuthorisedCall,
    send: (token: AccessToken, ending: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return this.underWay.track(call, (leaves, ending) => {
      const sendWith = (token: AccessToken): Promise<T> =>
        this.uses.during(token.value, () => {
          leaves();
          return send(token, ending);
        });
      return this.authorised(call, sendWith);
    });
  }

  private async authorised<T>(
    call: AuthorisedCall,
    send: (token: AccessToken) => Promise<T>,
  ): Promise<T> {
    const since = this.runtime.clock.now();
    const token = await this.tokenFor(call, 'not-sent');
    try {
      return await this.judged(send(token));
    } catch (error) {
      if (!isRejectedToken(error) || !this.isReplaced(token, since)) {
        throw error;
      }
    }
    const next = await this.tokenFor(call, 'rejected');
    try {
      return await this.judged(send(next));
    } catch (error) {
      if (isRejectedToken(error)) this.throttle.rejectedNew(next);
      throw error;
    }
  }

  /** Any answer but a 401 shows that the API accepts its tokens. */
  private async judged<T>(answer: Promise<T>): Promise<T> {
    try {
      const response = await answer;
      this.throttle.succeeded();
      return response;
    } catch (error) {
      const status = isKopoKopoError(error) ? error.status : undefined;
      if (isAccepted(status)) this.throttle.succeeded();
      throw error;
    }
  }

  /** Is there, or can there be, another token than the one that was rejected? */
  private isReplaced(token: AccessToken, since: number): boolean {
    if (this.tokens.peekToken()?.value !== token.value) return true;
    if (!this.throttle.mayReplace(token, since)) return false;
    this.tokens.invalidateToken(token);
    return true;
  }

  /** A failure to get a token says nothing of the call itself, so the outcome is the call's. */
  private async tokenFor(
    { method, path, signal }: AuthorisedCall,
    outcome: KopoKopoOutcome,
  ): Promise<AccessToken> {
    try {
      return await this.tokens.getToken(signal && { signal });
    } catch (error) {
      throw isKopoKopoError(error)
        ? error.toldOf({ outcome, method, path: pathOf(path) })
        : error;
    }
  }
}

/** The API itself has looked at the call: what a proxy or a broken server says tells nothing of the token. */
function isAccepted(status: number | undefined): boolean {
  return status !== undefined && [400, 404, 409, 422].includes(status);
}

/** 401 for the token itself; one with too small a scope would be refused again. */
function isRejectedToken(error: unknown): boolean {
  return (
    isKopoKopoError(error) &&
    error.status === 401 &&
    error.oauthError !== 'insufficient_scope'
  );
}
