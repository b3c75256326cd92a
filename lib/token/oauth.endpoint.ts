import { Inject, Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { isKopoKopoError } from '../errors/kopokopo.error.js';
import { UpstreamClient } from '../http/upstream.client.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import { AccessToken } from './access-token.js';
import type { CallLimits } from './call-limits.interface.js';
import type { ExitRevocation } from './exit-revocation.js';
import { ClientSecrets } from './client-secrets.js';
import type {
  TokenInfo,
  TokenIntrospection,
} from './token-introspection.interface.js';
import { TokenLedger } from './token-ledger.js';
import { parseTokenResponse, tokenValueIn } from './token-response.parser.js';
import { parseIntrospection, parseTokenInfo } from './token-status.parser.js';

/** No OAuth answer is larger than this, in bytes. */
const MAX_BYTES = 64 * 1_024;

/** How long an unreadable token answer's token is taken to live, in milliseconds: the usual hour. */
const ASSUMED_LIFETIME = 3_600_000;

/**
 * The four OAuth calls of Kopo Kopo, one HTTP attempt each.
 *
 * @internal
 */
@Injectable()
export class OAuthEndpoint {
  constructor(
    private readonly client: UpstreamClient,
    private readonly secrets: ClientSecrets,
    private readonly ledger: TokenLedger,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** `POST /oauth/token` (RFC 6749 §4.4). What it mints stands in the ledger before anyone sees it. */
  async requestToken(limits: CallLimits = {}): Promise<AccessToken> {
    const { clock } = this.runtime;
    let startedAt = clock.now();
    const text = await this.secrets.use(
      (secret, timeout) => {
        startedAt = clock.now();
        return this.post(
          '/oauth/token',
          secret,
          { ...limits, timeout },
          { grant_type: 'client_credentials' },
        );
      },
      refusedAtToken,
      limits,
    );
    try {
      const { expiresIn, ...parts } = parseTokenResponse(text);
      const token = new AccessToken(
        { ...parts, lifetime: expiresIn * 1_000, startedAt },
        clock,
      );
      this.ledger.addToken(token);
      return token;
    } catch (error) {
      const orphan = tokenValueIn(text);
      if (orphan !== undefined) {
        this.ledger.add(orphan, clock.now() + ASSUMED_LIFETIME);
      }
      throw error;
    }
  }

  /** `POST /oauth/revoke` (RFC 7009 §2.1); any 2xx will do, whatever its body. */
  async revokeToken(token: string, limits: CallLimits = {}): Promise<void> {
    await this.secrets.use(
      (secret, timeout) =>
        this.post('/oauth/revoke', secret, { ...limits, timeout }, { token }),
      refusedAtRevoke,
      limits,
      true,
    );
  }

  /** The same revocations for a process that exits; asks no function for the secret. */
  revocationOf(tokens: readonly string[]): ExitRevocation {
    const { origin, userAgent } = this.options;
    const [secret = ''] = this.secrets.known();
    const forms = tokens.map((token) => ({
      ...this.credentials(secret),
      token,
    }));
    return { url: `${origin}/oauth/revoke`, userAgent, forms };
  }

  /** `POST /oauth/introspect` (RFC 7662 §2.1). */
  async introspectToken(
    token: string,
    limits: CallLimits = {},
  ): Promise<TokenIntrospection> {
    const text = await this.secrets.use(
      (secret, timeout) =>
        this.post(
          '/oauth/introspect',
          secret,
          { ...limits, timeout },
          { token },
        ),
      refusedAtToken,
      limits,
    );
    return parseIntrospection(text);
  }

  /** `GET /oauth/token/info`, with the token that is asked about as the bearer. */
  async getTokenInfo(
    token: string,
    limits: CallLimits = {},
  ): Promise<TokenInfo> {
    const { text } = await this.client.send({
      method: 'GET',
      path: '/oauth/token/info',
      headers: { Authorization: `Bearer ${token}` },
      maxBytes: MAX_BYTES,
      ...limits,
    });
    return parseTokenInfo(text);
  }

  private credentials(secret: string): Record<string, string> {
    return { client_id: this.options.clientId, client_secret: secret };
  }

  private async post(
    path: string,
    secret: string,
    limits: CallLimits,
    form: Record<string, string>,
  ): Promise<string> {
    const { text } = await this.client.send({
      method: 'POST',
      path,
      form: { ...this.credentials(secret), ...form },
      maxBytes: MAX_BYTES,
      ...limits,
    });
    return text;
  }
}

function refusedAtToken(error: unknown): boolean {
  return isKopoKopoError(error) && error.oauthError === 'invalid_client';
}

/** Doorkeeper answers wrong credentials at the revocation endpoint with 403 (API page, §4.1). */
function refusedAtRevoke(error: unknown): boolean {
  return (
    refusedAtToken(error) || (isKopoKopoError(error) && error.status === 403)
  );
}
