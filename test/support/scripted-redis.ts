import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A server on loopback that speaks as much of RESP as a client needs to be told what the test says. */
export interface ScriptedRedis extends AsyncDisposable {
  url: string;
  /** Connections accepted until now. */
  readonly connections: number;
  /** Resolves when no connection is open. */
  left(): Promise<void>;
}

/** Answers each EVAL and EVALSHA with this error, and any other command with OK. */
export async function scriptedRedis(error: string): Promise<ScriptedRedis> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      server.emit('left');
    });
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      for (let name = take(); name !== undefined; name = take()) {
        socket.write(
          /^evalsha$|^eval$/i.test(name) ? `-${error}\r\n` : '+OK\r\n',
        );
      }
    });

    /** The name of the next command that has arrived whole. */
    function take(): string | undefined {
      const [head] = /^\*\d+\r\n/.exec(text) ?? [];
      if (head === undefined) return undefined;
      let at = head.length;
      const words: string[] = [];
      for (let left = Number.parseInt(head.slice(1), 10); left > 0; left--) {
        const [size] = /^\$\d+\r\n/.exec(text.slice(at)) ?? [];
        if (size === undefined) return undefined;
        const length = Number.parseInt(size.slice(1), 10);
        words.push(text.slice(at + size.length, at + size.length + length));
        at += size.length + length + 2;
      }
      if (text.length < at) return undefined;
      text = text.slice(at);
      return words[0];
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `redis://127.0.0.1:${port}`,
    get connections() {
      return connections;
    },
    async left() {
      while (sockets.size > 0) await once(server, 'left');
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
