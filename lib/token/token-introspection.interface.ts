/**
 * A token that works (RFC 7662 §2.2).
 *
 * @publicApi
 */
export interface ActiveTokenIntrospection {
  /** The token works. */
  active: true;
  /** `scope`, split; empty where there is none. */
  scopes: string[];
  /** `client_id`. */
  clientId?: string;
  /** `token_type`. */
  tokenType?: string;
  /** `exp`. */
  expiresAt?: Date;
  /** `iat`. */
  issuedAt?: Date;
}

/**
 * A token that does not work; the server does not say why (RFC 7662 §2.2).
 *
 * @publicApi
 */
export interface InactiveTokenIntrospection {
  /** The token does not work: it expired, was revoked, or never was one of this application. */
  active: false;
}

/**
 * Answer of `POST /oauth/introspect`, told apart by `active`.
 *
 * @publicApi
 */
export type TokenIntrospection =
  ActiveTokenIntrospection | InactiveTokenIntrospection;

/**
 * Answer of `GET /oauth/token/info`.
 *
 * @publicApi
 */
export interface TokenInfo {
  /** Scopes of the token; empty where there are none. */
  scopes: string[];
  /** Seconds the token has left. */
  expiresIn?: number;
  /** `application.uid`: the client id it was issued to. */
  clientId?: string;
  /** When it was issued. */
  createdAt?: Date;
  /** Always `null` for client credentials. */
  resourceOwnerId: string | number | null;
}
