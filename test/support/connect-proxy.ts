import { createServer, type IncomingMessage } from 'node:http';
import {
  createServer as createTlsServer,
  type ServerOptions,
} from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A proxy on loopback that makes tunnels, or answers CONNECT with a status of its own. */
export interface ConnectProxy extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Heads of the CONNECT requests it got. */
  readonly seen: IncomingMessage[];
  /** From now on: a status, or nothing at all. */
  answer: number | 'silence' | 'hang-up';
}

/** Leads every tunnel to one port of this machine. */
export async function connectProxy(
  target: number,
  tls?: ServerOptions,
): Promise<ConnectProxy> {
  const sockets = new Set<Socket>();
  const server = tls === undefined ? createServer() : createTlsServer(tls);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  server.on('connect', (request: IncomingMessage, near: Socket) => {
    proxy.seen.push(request);
    if (proxy.answer === 'silence') return;
    if (proxy.answer === 'hang-up') {
      near.destroy();
      return;
    }
    if (proxy.answer !== 200) {
      const words = 'Bearer error="invalid_token"';
      near.end(
        `HTTP/1.1 ${proxy.answer} No\r\nWWW-Authenticate: ${words}\r\nConnection: close\r\n\r\n{"error":"invalid_token"}`,
      );
      return;
    }
    const far = connect(target, '127.0.0.1', () => {
      near.write('HTTP/1.1 200 OK\r\n\r\n');
      near.pipe(far).pipe(near);
    });
    far.on('error', () => near.destroy());
    near.on('error', () => far.destroy()).on('close', () => far.destroy());
  });
  await new Promise<void>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve()),
  );
  const proxy: ConnectProxy = {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    seen: [],
    answer: 200,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
