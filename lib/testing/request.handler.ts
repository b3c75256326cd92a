import type { IncomingMessage, ServerResponse } from 'node:http';
import { routeToEndpoint } from './endpoint.router.js';
import { Exchange } from './exchange.js';
import { playFault } from './fault.player.js';
import type { FaultQueue } from './fault.queue.js';
import type { RequestLog } from './request.log.js';
import { resolveRoute } from './route.resolver.js';
import { emptyAnswer, textAnswer } from './sandbox-answer.js';
import type { OpenRequest } from './sandbox-request.types.js';
import type { SandboxWorld } from './sandbox.world.js';

/** What a request meets on its way to the endpoint. @internal */
export interface HandlerParts {
  readonly world: SandboxWorld;
  readonly log: RequestLog;
  readonly faults: FaultQueue;
  readonly latency: () => number;
}

/** Takes a request from its arrival to its answer. @internal */
export class RequestHandler {
  readonly #parts: HandlerParts;
  readonly #open = new Set<Exchange>();

  constructor(parts: HandlerParts) {
    this.#parts = parts;
  }

  async handle(
    incoming: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = await readBody(incoming);
    if (body === undefined) {
      return;
    }
    const request = describe(incoming, body);
    const exchange = new Exchange(request, incoming, response);
    this.#open.add(exchange);
    this.#parts.log.add(request);
    try {
      await this.#answer(exchange);
    } catch (error) {
      // A fault or a latency that cannot be played is the test's mistake: it is told on the wire.
      exchange.send(textAnswer(500, `KopoKopoSandbox: ${String(error)}`));
    } finally {
      this.#open.delete(exchange);
    }
  }

  release(): void {
    for (const exchange of this.#open) {
      exchange.release();
    }
  }

  drop(): void {
    for (const exchange of this.#open) {
      exchange.drop();
    }
  }

  async #answer(exchange: Exchange): Promise<void> {
    const { world, faults, latency } = this.#parts;
    const { request } = exchange;
    if (!request.headers['user-agent']) {
      exchange.send(emptyAnswer(403));
      return;
    }
    const fault = faults.take(request.route) ?? { kind: 'delay', ms: 0 };
    await exchange.pause(latency());
    const work = async () => {
      exchange.assertNotDropped();
      return routeToEndpoint(request, world);
    };
    await playFault(fault, exchange, work);
  }
}

// Undefined if the client left before it had said what it wants: such a request was never seen.
async function readBody(
  incoming: IncomingMessage,
): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) {
      chunks.push(chunk as Buffer);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString();
}

function describe(incoming: IncomingMessage, body: string): OpenRequest {
  const method = String(incoming.method);
  const [path] = String(incoming.url).split('?', 1);
  const headers = Object.entries(incoming.headers).map(([name, value]) => [
    name,
    String(value),
  ]);
  return {
    at: new Date(),
    route: resolveRoute(method, path),
    method,
    path,
    headers: Object.fromEntries(headers),
    form: {},
    body,
    aborted: false,
  };
}
