import { apiEndpoint } from './endpoints/api.endpoint.js';
import { introspectEndpoint } from './endpoints/introspect.endpoint.js';
import { revokeEndpoint } from './endpoints/revoke.endpoint.js';
import { tokenInfoEndpoint } from './endpoints/token-info.endpoint.js';
import { tokenEndpoint } from './endpoints/token.endpoint.js';
import { parseForm } from './form.parser.js';
import { jsonAnswer, notFoundAnswer } from './sandbox-answer.js';
import type { SandboxRoute } from './sandbox-route.types.js';
import type { SandboxEndpoint } from './sandbox.world.js';

const ENDPOINTS: Record<SandboxRoute, SandboxEndpoint> = {
  token: withForm(tokenEndpoint),
  revoke: withForm(revokeEndpoint),
  introspect: withForm(introspectEndpoint),
  tokenInfo: tokenInfoEndpoint,
  api: apiEndpoint,
  other: notFoundAnswer,
};

/** Hands a request to the endpoint of its route. @internal */
export const routeToEndpoint: SandboxEndpoint = (request, world) =>
  ENDPOINTS[request.route](request, world);

// Broken JSON never reaches an endpoint: the framework refuses it.
function withForm(endpoint: SandboxEndpoint): SandboxEndpoint {
  return (request, world) => {
    const form = parseForm(request.headers['content-type'], request.body);
    if (!form) {
      return jsonAnswer(400, { status: 400, error: 'Bad Request' });
    }
    request.form = form;
    return endpoint(request, world);
  };
}
