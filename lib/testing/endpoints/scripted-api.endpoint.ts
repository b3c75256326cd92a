import { randomUUID } from 'node:crypto';
import { parseJson } from '../form.parser.js';
import { emptyAnswer, jsonAnswer, notFoundAnswer } from '../sandbox-answer.js';
import type { SandboxAnswer } from '../sandbox-answer.js';
import type { OpenRequest } from '../sandbox-request.types.js';
import type { ApiEndpoint, SandboxWorld } from '../sandbox.world.js';

const COLLECTION = /^\/api\/v[12]\/([^/]+)$/;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The API of a test that has payments of its own invention: any path, any JSON object. @internal */
export const scriptedApiEndpoint: ApiEndpoint = (request, world, clientId) => {
  const resource = COLLECTION.exec(request.path)?.[1];
  if (request.method === 'POST' && resource) {
    return create(request, world, resource, clientId);
  }
  return request.method === 'GET'
    ? read(request, world, clientId)
    : notFoundAnswer();
};
function create(
  request: OpenRequest,
  world: SandboxWorld,
  resource: string,
  clientId: string,
): SandboxAnswer {
  const body = parseJson(request.body);
  if (!body) {
    return jsonAnswer(400, {
      error_code: 400,
      error_message: 'The request body is not a JSON object',
    });
  }
  const id = randomUUID();
  world.created.push({ resource, id, body, clientId });
  return emptyAnswer(201, { location: `${world.url}${request.path}/${id}` });
}

// What looks like a real id must have been created by the same client; any other path is there to try a bearer on.
function read(
  request: OpenRequest,
  world: SandboxWorld,
  clientId: string,
): SandboxAnswer {
  const segments = request.path.split('/').slice(3);
  const [resource] = segments;
  const id = segments[segments.length - 1];
  const found = world.created.find(
    (creation) =>
      creation.id === id &&
      creation.resource === resource &&
      creation.clientId === clientId,
  );
  if (UUID.test(id) && !found) {
    return notFoundAnswer();
  }
  const attributes = found ? { status: 'Pending', ...found.body } : {};
  const type = resource.replace(/s$/, '');
  return jsonAnswer(200, { data: { id, type, attributes } });
}
