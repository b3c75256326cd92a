import { bearerOf } from '../client.authenticator.js';
import { bearerRefused } from '../oauth.answers.js';
import type { SandboxEndpoint } from '../sandbox.world.js';
import { isLive } from '../token.registry.js';
import { resourceApiEndpoint } from './resource-api.endpoint.js';
import { scriptedApiEndpoint } from './scripted-api.endpoint.js';

/** `/api/v1/**` and `/api/v2/**`: for a live bearer only. @internal */
export const apiEndpoint: SandboxEndpoint = (request, world) => {
  const token = world.tokens.find(bearerOf(request));
  if (!token || !isLive(token)) {
    return bearerRefused(token);
  }
  request.clientId = token.clientId;
  const answer =
    world.api === 'scripted' ? scriptedApiEndpoint : resourceApiEndpoint;
  return answer(request, world, token.clientId);
};
