import { KopoKopoResponseError } from '../errors/response.error.js';
import type { AccessToken } from './access-token.js';
import type { RejectedTokens } from './rejected-tokens.js';
import type { TokenNeed, TokenSource } from './token-source.interface.js';

/**
 * Lets no token through that can't be used: one that expired on its way, or one that the API has
 * rejected before.
 *
 * @internal
 */
export class CheckedTokenSource implements TokenSource {
  constructor(
    private readonly source: TokenSource,
    private readonly rejected: RejectedTokens,
    private readonly onRejectedAgain: (token: AccessToken) => void,
  ) {}

  /** `accept` runs in the same breath as the checks, so that nothing is rejected in between. */
  async acquire(
    need?: TokenNeed,
    accept?: (token: AccessToken) => void,
  ): Promise<AccessToken> {
    const token = await this.source.acquire({
      ...need,
      isRejected: (value) => this.rejected.has(value),
    });
    if (token.isExpired()) throw hadExpired();
    if (this.rejected.has(token.value)) {
      this.onRejectedAgain(token);
      throw new KopoKopoResponseError(
        'Kopo Kopo handed out a token again that it had rejected.',
        { retryable: true },
      );
    }
    accept?.(token);
    return token;
  }
}

/** @internal */
export function hadExpired(): KopoKopoResponseError {
  return new KopoKopoResponseError(
    'The token of Kopo Kopo had expired before it arrived.',
    { retryable: true },
  );
}
