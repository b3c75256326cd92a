import { createServer, type RequestListener, type Server } from 'node:http';
import {
  createServer as createTlsServer,
  type ServerOptions,
} from 'node:https';
import type { AddressInfo } from 'node:net';

/** A server on loopback that does exactly what the test says. */
export interface RawServer {
  url: string;
  /** Requests seen until now. */
  readonly requests: number;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function rawServer(
  listener: RequestListener,
  tls?: ServerOptions,
): Promise<RawServer> {
  let requests = 0;
  const counted: RequestListener = (request, response) => {
    requests += 1;
    listener(request, response);
  };
  const server: Server =
    tls === undefined ? createServer(counted) : createTlsServer(tls, counted);
  await new Promise<void>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve()),
  );
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    get requests() {
      return requests;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
