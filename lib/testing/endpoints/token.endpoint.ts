import { authenticateClient } from '../client.authenticator.js';
import { present } from '../form.parser.js';
import {
  AMBIGUOUS_CLIENT,
  invalidClient,
  oauthAnswer,
  oauthError,
} from '../oauth.answers.js';
import type { SandboxEndpoint } from '../sandbox.world.js';
import { secondsLeft, unixSeconds } from '../token.registry.js';

/** `POST /oauth/token` (RFC 6749 §4.4); the grant type is looked at before the client. @internal */
export const tokenEndpoint: SandboxEndpoint = (request, world) => {
  const grantType = present(request.form.grant_type);
  if (!grantType) {
    return oauthError(
      400,
      'invalid_request',
      'Missing required parameter: grant_type.',
    );
  }
  if (grantType !== 'client_credentials') {
    return oauthError(
      400,
      'unsupported_grant_type',
      'The authorization grant type is not supported by the authorization server.',
    );
  }
  const client = authenticateClient(request, world.applications);
  if (client.kind === 'ambiguous') {
    return oauthError(400, 'invalid_request', AMBIGUOUS_CLIENT);
  }
  if (client.kind !== 'client') {
    return invalidClient();
  }
  request.clientId = client.clientId;
  if (present(request.form.scope)) {
    return oauthError(
      400,
      'invalid_scope',
      'The requested scope is invalid, unknown, or malformed.',
    );
  }
  // Taken before, so that a new token always says its whole life.
  const now = Date.now();
  const token = world.tokens.issue(client.clientId);
  // A life of 0 is told of a token that is handed out again, never of a new one.
  const least = token.createdAt >= now ? 1 : 0;
  return oauthAnswer({
    access_token: token.value,
    token_type: 'Bearer',
    expires_in: Math.max(least, secondsLeft(token, now)),
    created_at: unixSeconds(token.createdAt),
  });
};
