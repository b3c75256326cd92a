import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A wire on loopback that breaks as the test says. */
export interface FaultyProxy extends AsyncDisposable {
  readonly url: string;
  /** Where connections lead that are made from now on. */
  leadTo(port: number): void;
  /** What is connected now hears nothing any more and is not told so; new connections work. */
  mute(): void;
  /** Cuts a connection that sends something of which this is true, before it arrives. */
  cutAt(what: (text: string) => boolean): void;
}

/** Passes bytes on to a port of this machine. */
export async function faultyProxy(port: number): Promise<FaultyProxy> {
  const sockets = new Set<Socket>();
  const muted = new WeakSet<Socket>();
  let target = port;
  let isCut = (_text: string): boolean => false;
  const pass = (from: Socket, into: Socket, near: Socket): void => {
    sockets.add(from);
    from.setNoDelay(true);
    from.on('error', () => into.destroy());
    from.on('close', () => {
      sockets.delete(from);
      into.destroy();
    });
    from.on('data', (bytes) => {
      if (muted.has(near)) return;
      if (from === near && isCut(String(bytes))) near.destroy();
      else into.write(bytes);
    });
  };
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    pass(near, far, near);
    pass(far, near, near);
  });
  await new Promise<void>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve()),
  );
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo: (other) => void (target = other),
    mute: () => sockets.forEach((socket) => muted.add(socket)),
    cutAt: (what) => void (isCut = what),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
