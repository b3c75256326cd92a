import type { AxiosProxyConfig } from 'axios';
import {
  Agent as HttpAgent,
  type AgentOptions,
  type ClientRequest,
} from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Socket } from 'node:net';
import type { KopoKopoHttpOptions } from '../config/kopokopo-options.interface.js';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KopoKopoConfigurationError } from '../errors/configuration.error.js';
import { TunnelAgent } from './tunnel.agent.js';

/** What axios is given of agents and proxy. @internal */
export interface Wire {
  httpAgent: HttpAgent;
  httpsAgent: HttpAgent;
  proxy: AxiosProxyConfig | false;
}

/** As Node's own agents: connections are kept for the next call, and hold no process while they wait. */
const KEPT: AgentOptions = {
  keepAlive: true,
  scheduling: 'lifo',
  timeout: 5_000,
};

/** Said aloud: without it, `NODE_TLS_REJECT_UNAUTHORIZED=0` hands the secret to any impostor. */
const CHECKED = { ...KEPT, rejectUnauthorized: true };

type Connect = HttpAgent['createConnection'];

/**
 * An agent whose connections hold no process: the deadline of a call does while somebody awaits it, and an
 * answer that is still taken after that deadline is worth no waiting.
 */
class OwnHttpAgent extends HttpAgent {
  override createConnection(...args: Parameters<Connect>): ReturnType<Connect> {
    return unheld(super.createConnection(...args));
  }

  override reuseSocket(socket: Socket, request: ClientRequest): void {
    super.reuseSocket(socket, request);
    socket.unref();
  }
}

/** As `OwnHttpAgent`, over TLS. */
class OwnHttpsAgent extends HttpsAgent {
  override createConnection(...args: Parameters<Connect>): ReturnType<Connect> {
    return unheld(super.createConnection(...args));
  }

  override reuseSocket(socket: Socket, request: ClientRequest): void {
    super.reuseSocket(socket, request);
    socket.unref();
  }
}

function unheld(connection: ReturnType<Connect>): ReturnType<Connect> {
  if (connection instanceof Socket) connection.unref();
  return connection;
}

/**
 * Agents of our own where the options give none: Node's global ones may have been put out of their
 * checks by anything in the app, and lead to a proxy of the environment.
 *
 * @throws KopoKopoConfigurationError for a proxy beside an agent that connects in a way of its own
 * @internal
 */
export function wireOf({ http, origin, timeout }: ResolvedOptions): Wire {
  const { httpAgent, httpsAgent, proxy } = http.reveal();
  if (httpsAgent !== undefined) checkChecks(httpsAgent);
  const isTunnelled = proxy !== false && proxy && origin.startsWith('https:');
  return {
    httpAgent: httpAgent ?? new OwnHttpAgent(KEPT),
    httpsAgent: isTunnelled
      ? new TunnelAgent(proxy, checked(optionsOf(httpsAgent)), timeout)
      : (httpsAgent ?? new OwnHttpsAgent(CHECKED)),
    proxy: isTunnelled ? false : (proxy ?? false),
  };
}

function checked(options: HttpsAgent['options']): HttpsAgent['options'] {
  const { rejectUnauthorized = true } = options;
  return { ...KEPT, ...options, rejectUnauthorized };
}

/** An agent that says nothing of them leaves the checks to the environment. */
function checkChecks({
  options,
}: {
  options?: HttpsAgent['options'] | undefined;
}): void {
  const isSaid = options?.rejectUnauthorized !== undefined;
  if (isSaid || process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0') return;
  throw new KopoKopoConfigurationError(
    'NODE_TLS_REJECT_UNAUTHORIZED=0 turns the checks of http.httpsAgent off, and the client secret would go to any impostor; set rejectUnauthorized: true in the options of the agent, or remove the variable.',
  );
}

/** CA, client certificate and the like, for the connection within the tunnel. */
function optionsOf(
  agent: KopoKopoHttpOptions['httpsAgent'],
): HttpsAgent['options'] {
  if (agent === undefined) return {};
  const { createConnection } = HttpsAgent.prototype;
  if (
    agent instanceof HttpsAgent &&
    agent.createConnection === createConnection
  ) {
    return agent.options;
  }
  throw new KopoKopoConfigurationError(
    'http.proxy and an http.httpsAgent with a tunnel of its own exclude each other; set one of them, or an agent of node:https beside the proxy.',
  );
}
