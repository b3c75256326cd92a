import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** What a user's app is to Kopo Kopo: a server that takes deliveries. */
export class DeliveryReceiver {
  readonly seen: Received[] = [];
  /** Statuses of the answers to come; 200 when there is none. */
  readonly statuses: number[] = [];
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    const { port } = server.address() as AddressInfo;
    this.url = `http://127.0.0.1:${port}`;
    this.#server = server;
    server.on('request', (incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('end', () => {
        this.seen.push({
          path: String(incoming.url),
          headers: incoming.headers,
          body: Buffer.concat(chunks),
        });
        response.statusCode = this.statuses.shift() ?? 200;
        response.end('{}');
      });
    });
  }

  static start(): Promise<DeliveryReceiver> {
    const server = createServer();
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () =>
        resolve(new DeliveryReceiver(server)),
      );
    });
  }

  /** The bodies that came to a path, parsed. */
  bodies(path: string): Json[] {
    return this.seen
      .filter((one) => one.path === path)
      .map(({ body }) => JSON.parse(body.toString()) as Json);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export type Json = Record<string, unknown>;
