import { type ClientRequestArgs, request as httpRequest } from 'node:http';
import { Agent, type AgentOptions, request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { TunnelError } from './tunnel.error.js';

/** A proxy that makes tunnels (RFC 9110 §9.3.6). @internal */
export interface TunnelProxy {
  /** `http` or `https`: how the proxy itself is spoken to; `http` where left out. */
  protocol?: string;
  host: string;
  port: number;
  auth?: { username: string; password: string };
}

type Connected = (error: Error | null, socket: Duplex) => void;

/**
 * Reaches https origins through a proxy, which sees their name and nothing else. What the proxy refuses
 * is a `TunnelError`, never an answer of the origin; a release of axios that makes its own tunnels can't
 * tell the two apart, and older ones show a proxy every secret.
 *
 * @internal
 */
export class TunnelAgent extends Agent {
  /** Printed with the agent otherwise, password and all. */
  readonly #proxy: TunnelProxy;

  /** `limit`: milliseconds of silence after which the proxy is given up. */
  constructor(
    proxy: TunnelProxy,
    options: AgentOptions,
    private readonly limit: number,
  ) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(
    options: ClientRequestArgs,
    connected: Connected,
  ): undefined {
    const fail = (error: TunnelError): void =>
      connected(error, undefined as never);
    const { host, port } = this.#proxy;
    const where = `${host}:${port}`;
    const request = this.connectRequest(options);
    request
      .on('socket', (socket) => {
        // The call that waits for it holds the process, and may have ended before.
        socket.unref();
      })
      .on('connect', ({ statusCode = 0 }, socket, head) => {
        if (statusCode < 200 || statusCode >= 300) {
          socket.destroy();
          fail(TunnelError.answered(where, statusCode));
          return;
        }
        socket.ref();
        if (head.length > 0) socket.unshift(head);
        connected(
          null,
          super.createConnection({ ...options, socket } as ClientRequestArgs)!,
        );
      })
      .on('error', (error: NodeJS.ErrnoException) =>
        fail(TunnelError.broke(where, error.code)),
      )
      .on('timeout', () =>
        request.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })),
      )
      .end();
  }

  private connectRequest({ host, port }: ClientRequestArgs) {
    const { protocol = 'http', auth, ...proxy } = this.#proxy;
    const isIpv6 = host!.includes(':');
    const authority = `${isIpv6 ? `[${host}]` : host}:${port}`;
    const { username = '', password = '' } = auth ?? {};
    const basic = Buffer.from(`${username}:${password}`).toString('base64');
    const options = {
      host: proxy.host.replace(/^\[|\]$/g, ''),
      port: proxy.port,
      method: 'CONNECT',
      path: authority,
      headers: {
        Host: authority,
        ...(auth && { 'Proxy-Authorization': `Basic ${basic}` }),
      },
      agent: false as const,
      timeout: this.limit,
    };
    return /^https:?$/i.test(protocol)
      ? httpsRequest({
          ...options,
          ca: this.options.ca,
          rejectUnauthorized: true,
        })
      : httpRequest(options);
  }
}
