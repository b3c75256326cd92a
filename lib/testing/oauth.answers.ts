import { emptyAnswer, jsonAnswer } from './sandbox-answer.js';
import type { SandboxAnswer } from './sandbox-answer.js';
import { isExpired } from './token.registry.js';
import type { IssuedToken } from './token.registry.js';

/** What every OAuth answer says about caching. @internal */
export const NO_CACHE = { 'Cache-Control': 'no-store, no-cache' };

/** A successful OAuth answer. @internal */
export function oauthAnswer(body: object): SandboxAnswer {
  return jsonAnswer(200, body, NO_CACHE);
}

/** An OAuth error (RFC 6749 §5.2) with the challenge that Doorkeeper adds to it. @internal */
export function oauthError(
  status: number,
  error: string,
  description: string,
  members: object = {},
): SandboxAnswer {
  return jsonAnswer(
    status,
    { error, error_description: description, ...members },
    { ...NO_CACHE, 'WWW-Authenticate': challenge(error, description) },
  );
}

/** Wrong, unknown or missing client credentials. @internal */
export function invalidClient(): SandboxAnswer {
  return oauthError(
    401,
    'invalid_client',
    'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.',
  );
}

/** Credentials given in two ways. @internal */
export const AMBIGUOUS_CLIENT =
  'The request utilizes more than one mechanism for authenticating the client.';

/** An OAuth endpoint's refusal of a bearer token. @internal */
export function invalidToken(
  description = 'The access token is invalid',
): SandboxAnswer {
  return oauthError(401, 'invalid_token', description, {
    state: 'unauthorized',
  });
}

/** The protected API's refusal of a bearer token: no body, the reason is in the challenge (RFC 6750 §3). @internal */
export function bearerRefused(token: IssuedToken | undefined): SandboxAnswer {
  return emptyAnswer(401, {
    ...NO_CACHE,
    'WWW-Authenticate': challenge('invalid_token', whyRefused(token)),
  });
}

/** Why a bearer token is refused, in Doorkeeper's words. @internal */
export function whyRefused(token: IssuedToken | undefined): string {
  if (token?.revoked) {
    return 'The access token was revoked';
  }
  return token && isExpired(token)
    ? 'The access token expired'
    : 'The access token is invalid';
}

function challenge(error: string, description: string): string {
  return `Bearer realm="Doorkeeper", error="${error}", error_description="${description}"`;
}
