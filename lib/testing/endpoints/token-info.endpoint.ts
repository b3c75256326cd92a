import { bearerOf } from '../client.authenticator.js';
import { invalidToken, oauthAnswer } from '../oauth.answers.js';
import type { SandboxEndpoint } from '../sandbox.world.js';
import { isLive, secondsLeft, unixSeconds } from '../token.registry.js';

/** `GET /oauth/token/info`: a token asks about itself; why it is refused is not told apart. @internal */
export const tokenInfoEndpoint: SandboxEndpoint = (request, world) => {
  const token = world.tokens.find(bearerOf(request));
  if (!token || !isLive(token)) {
    return invalidToken();
  }
  request.clientId = token.clientId;
  return oauthAnswer({
    resource_owner_id: null,
    scope: [],
    expires_in: secondsLeft(token),
    application: { uid: token.clientId },
    created_at: unixSeconds(token.createdAt),
  });
};
