import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { isLoopback } from './loopback.address.js';

/**
 * An HTTP server that takes every connection with it when it closes. Neither the server nor its connections
 * keep the process alive: a test that forgets to stop it ends all the same.
 *
 * @internal
 */
export class LocalServer {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, host: string) {
    const { port } = server.address() as AddressInfo;
    this.url = `http://${hostOfUrl(host)}:${port}`;
    this.#server = server;
  }

  static listen(host: string, port: number): Promise<LocalServer> {
    return new Promise((resolve, reject) => {
      const server = createServer().unref();
      server.once('error', reject);
      server.listen(port, host, () => {
        warnUnlessLoopback(host);
        resolve(new LocalServer(server, host));
      });
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

// Every address is reached from this machine by its loopback address.
function hostOfUrl(host: string): string {
  if (host === '0.0.0.0') {
    return '127.0.0.1';
  }
  const address = host === '::' ? '::1' : host;
  return address.includes(':') ? `[${address}]` : address;
}

function warnUnlessLoopback(host: string): void {
  if (!isLoopback(host)) {
    process.emitWarning(
      `KopoKopoSandbox listens on ${host}: whoever reaches this address has the sandbox.`,
      { type: 'KopoKopoSandboxWarning' },
    );
  }
}
