import { parseJson } from '../form.parser.js';
import { envelopeOf } from '../resources/resource.envelope.js';
import { RequestRefusal, refuse } from '../resources/request.refusal.js';
import { resourceAt } from '../resources/resource.table.js';
import type {
  ApiVersion,
  ResourceMove,
  ResourceRecord,
} from '../resources/resource.types.js';
import { withoutDoubledSlash } from '../route.resolver.js';
import { emptyAnswer, jsonAnswer, notFoundAnswer } from '../sandbox-answer.js';
import type { SandboxAnswer } from '../sandbox-answer.js';
import type { SandboxRequest } from '../sandbox-request.types.js';
import type { ApiEndpoint, SandboxWorld } from '../sandbox.world.js';

const COLLECTION = /^\/api\/(v[12])\/([^/]+)$/;
const MEMBER = /^\/api\/(v[12])\/([^/]+)\/([^/]+)(\/cancel)?$/;

/** Kopo Kopo's resources. @internal */
export const resourceApiEndpoint: ApiEndpoint = async (
  request,
  world,
  clientId,
) => {
  const path = withoutDoubledSlash(request.path);
  try {
    const collection = COLLECTION.exec(path);
    if (collection && request.method === 'POST') {
      return await create(request, world, collection, clientId);
    }
    const member = MEMBER.exec(path);
    return member
      ? onMember(request, world, member, clientId)
      : notFoundAnswer();
  } catch (error) {
    if (error instanceof RequestRefusal) {
      return error.answer;
    }
    throw error;
  }
};

async function create(
  request: SandboxRequest,
  world: SandboxWorld,
  [, version, path]: RegExpExecArray,
  clientId: string,
): Promise<SandboxAnswer> {
  const resource = resourceAt(version as ApiVersion, path);
  if (!resource) {
    return notFoundAnswer();
  }
  const body =
    parseJson(request.body) ?? refuse('The request body is not a JSON object');
  const record = world.desk.open(resource, {
    version: version as ApiVersion,
    origin: originOf(request, world),
    body,
    clientId,
  });
  const { id, self } = record.request;
  world.created.push({ resource: path, id, body, clientId });
  await world.desk.plan(record);
  // Lower case: one official client knows no other spelling.
  return emptyAnswer(201, { location: self });
}

function onMember(
  { method }: SandboxRequest,
  world: SandboxWorld,
  [, version, path, id, cancel]: RegExpExecArray,
  clientId: string,
): SandboxAnswer {
  const resource = resourceAt(version as ApiVersion, path);
  const record = world.desk.find(id);
  const found =
    record?.resource === resource &&
    record?.request.application.clientId === clientId;
  if (!record || !found) {
    return notFoundAnswer();
  }
  if (method === 'GET' && !cancel) {
    return jsonAnswer(200, envelopeOf(record));
  }
  const move = record.resource.moves?.cancel;
  return method === 'POST' && cancel && move
    ? cancelled(record, move, world)
    : notFoundAnswer();
}

// Clients send `{}`, nothing, or the JSON text `null`: the body is not looked at.
function cancelled(
  record: ResourceRecord,
  move: ResourceMove,
  world: SandboxWorld,
): SandboxAnswer {
  if (record.final) {
    refuse('Payment link cannot be cancelled');
  }
  void world.desk.mover.change(record, move);
  return jsonAnswer(200, { message: 'Payment link cancelled.' });
}

const HOST = /^(?:[\w.-]+|\[[\da-f:]+\])(?::\d+)?$/i;

// The origin that the client knows: in a container it is not the one that the sandbox knows.
function originOf(
  { headers: { host = '' } }: SandboxRequest,
  { url }: SandboxWorld,
): string {
  return HOST.test(host) ? `http://${host}` : url;
}
