import { isKopoKopoError } from '../errors/kopokopo.error.js';
import type { TokenService } from './token.service.js';

/**
 * The result of `checkKopoKopoHealth`, in the shape of a `@nestjs/terminus` indicator.
 *
 * @publicApi
 */
export type KopoKopoHealth = Record<
  string,
  {
    /** `down` only when no valid token can be had. */
    status: 'up' | 'down';
    /** A valid token is there, but its renewal failed the last time. */
    degraded: boolean;
    /** State of the token, see `TokenStatus`. */
    state: string;
    /** Milliseconds the token has left. */
    remaining?: number;
    /** `code` of the last failure, where there was one. */
    lastFailure?: string;
  }
>;

/**
 * Health of one instance, for terminus and others of its shape: `up` while a valid token is held or
 * can be had, `degraded` while renewal fails, `down` when there is none. Never rejects.
 *
 * @example
 * ```ts
 * this.health.check([() => checkKopoKopoHealth(this.tokens)])
 * ```
 * @param tokens the instance to look at
 * @param key name of the entry, `kopokopo` by default
 * @publicApi
 */
export async function checkKopoKopoHealth(
  tokens: TokenService,
  key = 'kopokopo',
): Promise<KopoKopoHealth> {
  const failure =
    tokens.peekToken() === undefined ? await cannotGet(tokens) : undefined;
  const { state, remaining, lastFailure } = tokens.status();
  const code = failure ?? lastFailure?.code;
  return {
    [key]: {
      status: failure === undefined ? 'up' : 'down',
      degraded: failure === undefined && code !== undefined,
      state,
      ...(remaining === undefined ? {} : { remaining }),
      ...(code === undefined ? {} : { lastFailure: code }),
    },
  };
}

async function cannotGet(tokens: TokenService): Promise<string | undefined> {
  // A probe must not cost a token of its own while the app shuts down.
  if (tokens.status().state === 'closed') return 'KOPOKOPO_SHUT_DOWN';
  try {
    await tokens.getToken();
    return undefined;
  } catch (error) {
    return isKopoKopoError(error) ? error.code : 'unexpected failure';
  }
}
