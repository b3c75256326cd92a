import { authenticateClient, bearerOf } from '../client.authenticator.js';
import {
  AMBIGUOUS_CLIENT,
  invalidClient,
  invalidToken,
  oauthAnswer,
  oauthError,
  whyRefused,
} from '../oauth.answers.js';
import type { SandboxAnswer } from '../sandbox-answer.js';
import type { OpenRequest } from '../sandbox-request.types.js';
import type { SandboxEndpoint, SandboxWorld } from '../sandbox.world.js';
import { isLive, unixSeconds } from '../token.registry.js';
import type { IssuedToken } from '../token.registry.js';

/** `POST /oauth/introspect` (RFC 7662), by client credentials or by another token of the same client. @internal */
export const introspectEndpoint: SandboxEndpoint = (request, world) => {
  const asked = world.tokens.find(request.form.token);
  const client = authenticateClient(request, world.applications);
  switch (client.kind) {
    case 'ambiguous':
      return oauthError(400, 'invalid_request', AMBIGUOUS_CLIENT);
    case 'wrong':
      return invalidClient();
    case 'none':
      return introspectByBearer(request, world, asked);
    case 'client':
      request.clientId = client.clientId;
      return state(asked, client.clientId);
  }
};

function introspectByBearer(
  request: OpenRequest,
  world: SandboxWorld,
  asked: IssuedToken | undefined,
): SandboxAnswer {
  const bearer = world.tokens.find(bearerOf(request));
  if (!bearer) {
    return oauthError(
      400,
      'invalid_request',
      'Request need to be authorized. Required parameter for authorizing request is missing or invalid.',
    );
  }
  const allowed = bearer !== asked && bearer.clientId === asked?.clientId;
  if (!isLive(bearer) || !allowed) {
    return invalidToken(whyRefused(bearer));
  }
  request.clientId = bearer.clientId;
  return state(asked, bearer.clientId);
}

// Why a token is not active is not said, nor that it is another client's (RFC 7662 §2.2).
function state(
  token: IssuedToken | undefined,
  clientId: string,
): SandboxAnswer {
  if (!token || !isLive(token) || token.clientId !== clientId) {
    return oauthAnswer({ active: false });
  }
  return oauthAnswer({
    active: true,
    scope: '',
    client_id: token.clientId,
    token_type: 'Bearer',
    exp: unixSeconds(token.expiresAt),
    iat: unixSeconds(token.createdAt),
  });
}
