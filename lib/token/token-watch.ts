import { Injectable, Logger } from '@nestjs/common';
import { isKopoKopoError } from '../errors/kopokopo.error.js';
import type { AccessToken } from './access-token.js';
import type { TokenCacheObserver } from './token-cache.js';
import { TokenRevoker } from './token-revoker.js';

/**
 * Watches the cache, and says what an operator would want to know.
 *
 * @internal
 */
@Injectable()
export class TokenWatch implements TokenCacheObserver {
  private readonly logger = new Logger(TokenWatch.name);

  constructor(private readonly revoker: TokenRevoker) {}

  adopted(token: AccessToken, previous: AccessToken | undefined): void {
    this.logger.debug(
      `${previous === undefined ? 'Got' : 'Renewed'} the access token; it expires at ${token.expiresAt.toISOString()}.`,
    );
  }

  failed(error: unknown, retryIn: number, serving: boolean): void {
    const why = isKopoKopoError(error) ? error.message : 'unexpected failure';
    const meanwhile = serving ? 'the present one stays in use; ' : '';
    this.logger.warn(
      `No new access token: ${why} (${meanwhile}next attempt in ${Math.ceil(retryIn / 1_000)} s)`,
    );
  }

  invalidated(): void {
    this.logger.warn('The access token was rejected and is dropped.');
  }

  /** A server that reuses tokens hands it out until it is revoked. */
  rejectedAgain(token: AccessToken): void {
    this.revoker.revoke(token.value).catch(() => {
      // It stays in the ledger and is revoked on shutdown.
    });
  }
}
