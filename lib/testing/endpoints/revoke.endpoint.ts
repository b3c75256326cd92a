import { authenticateClient } from '../client.authenticator.js';
import { AMBIGUOUS_CLIENT, NO_CACHE, oauthAnswer } from '../oauth.answers.js';
import { jsonAnswer } from '../sandbox-answer.js';
import type { SandboxAnswer } from '../sandbox-answer.js';
import type { SandboxEndpoint } from '../sandbox.world.js';
import { revoke } from '../token.registry.js';

/** `POST /oauth/revoke` (RFC 7009) as Doorkeeper departs from it; the client is looked at before the token. @internal */
export const revokeEndpoint: SandboxEndpoint = (request, world) => {
  const client = authenticateClient(request, world.applications);
  if (client.kind === 'ambiguous') {
    return refusal(400, 'invalid_request', AMBIGUOUS_CLIENT);
  }
  if (client.kind !== 'client') {
    return notAuthorized();
  }
  request.clientId = client.clientId;
  // Doorkeeper 5.6 to 5.9 looks among refresh tokens only when told to, and there are none here.
  const hinted = request.form.token_type_hint === 'refresh_token';
  const token = hinted ? undefined : world.tokens.find(request.form.token);
  if (token && token.clientId !== client.clientId) {
    return notAuthorized();
  }
  if (token) {
    revoke(token);
  }
  return oauthAnswer({});
};

function notAuthorized(): SandboxAnswer {
  return refusal(
    403,
    'unauthorized_client',
    'You are not authorized to revoke this token',
  );
}

// Errors of this endpoint carry no challenge.
function refusal(
  status: number,
  error: string,
  description: string,
): SandboxAnswer {
  return jsonAnswer(
    status,
    { error, error_description: description },
    NO_CACHE,
  );
}
