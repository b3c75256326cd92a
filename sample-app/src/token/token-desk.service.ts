import { Injectable, Logger } from '@nestjs/common';
import {
  type AccessToken,
  type TokenIntrospection,
  TokenService,
  type TokenStatus,
} from 'nestjs-kopokopo';

/** What may be told of a token. Its value may not. */
export interface TokenSummary {
  held: boolean;
  issuedAt?: Date;
  expiresAt?: Date;
  scopes?: readonly string[];
}

@Injectable()
export class TokenDesk {
  private readonly logger = new Logger(TokenDesk.name);

  constructor(private readonly tokens: TokenService) {}

  summary(): TokenSummary {
    return summaryOf(this.tokens.peekToken());
  }

  status(): TokenStatus {
    return this.tokens.status();
  }

  introspect(token?: string): Promise<TokenIntrospection> {
    return this.tokens.introspectToken(token);
  }

  async renew(): Promise<TokenSummary> {
    const current = this.tokens.peekToken();
    if (current !== undefined) this.tokens.invalidateToken(current);
    const token = await this.tokens.getToken();
    this.logger.log(`Renewed on request: ${token}`);
    return summaryOf(token);
  }

  async revoke(): Promise<void> {
    await this.tokens.revokeToken();
    this.logger.log('Revoked on request.');
  }
}

function summaryOf(token: AccessToken | undefined): TokenSummary {
  if (token === undefined) return { held: false };
  const { issuedAt, expiresAt, scopes } = token;
  return { held: true, issuedAt, expiresAt, scopes };
}
