import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

const LOOPBACK = '127.0.0.1';

/**
 * An HTTP server on 127.0.0.1 that takes every connection with it when it closes. Neither the server nor
 * its connections keep the process alive: a test that forgets to stop it ends all the same.
 *
 * @internal
 */
export class LoopbackServer {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    const { port } = server.address() as AddressInfo;
    this.url = `http://${LOOPBACK}:${port}`;
    this.#server = server;
  }

  static listen(port: number): Promise<LoopbackServer> {
    return new Promise((resolve, reject) => {
      const server = createServer().unref();
      server.once('error', reject);
      server.listen(port, LOOPBACK, () => resolve(new LoopbackServer(server)));
    });
  }

  serve(onRequest: RequestListener, onConnection: () => void): void {
    this.#server.on('request', onRequest);
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket.unref());
      socket.once('close', () => this.#sockets.delete(socket));
      onConnection();
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) {
        socket.destroy();
      }
    });
  }
}
