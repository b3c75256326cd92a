import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A wire on loopback that takes its time. */
export interface SlowProxy extends AsyncDisposable {
  port: number;
}

/** Passes bytes on to a port, each way `delay` milliseconds later. */
export async function slowProxy(to: number, delay: number): Promise<SlowProxy> {
  const sockets = new Set<Socket>();
  const pass = (from: Socket, into: Socket): void => {
    sockets.add(from);
    from.setNoDelay(true);
    from.on('error', () => into.destroy());
    from.on('close', () => into.destroy());
    from.on('data', (bytes) => setTimeout(() => into.write(bytes), delay));
  };
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    pass(near, far);
    pass(far, near);
  });
  await new Promise<void>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve()),
  );
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
