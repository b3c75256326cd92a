import { RedisServer } from './redis-server.js';

/** A Redis with which something is wrong, and what the client is told to find it by. */
export interface BrokenRedis extends AsyncDisposable {
  url: string;
}

type Trouble = (server: RedisServer) => Promise<string>;

const PASSWORD = 'sesame-street';

const TROUBLES: Record<string, Trouble> = {
  ECONNREFUSED: async (server) => {
    await server.kill();
    return server.url;
  },
  TIMEOUT: async (server) => {
    server.pause();
    return server.url;
  },
  NOAUTH: async (server) => {
    await server.command('CONFIG', 'SET', 'requirepass', PASSWORD);
    return server.url;
  },
  WRONGPASS: async (server) => {
    await server.command('CONFIG', 'SET', 'requirepass', PASSWORD);
    return server.url.replace('//', '//:not-sesame@');
  },
  READONLY: async (server) => {
    await server.command('REPLICAOF', '127.0.0.1', '1');
    await server.command('CONFIG', 'SET', 'replica-serve-stale-data', 'yes');
    return server.url;
  },
  MISCONF: async (server) => {
    await server.fillDisk();
    return server.url;
  },
  OOM: async (server) => {
    await server.command('CONFIG', 'SET', 'maxmemory', 1);
    return server.url;
  },
  NOPERM: async (server) => {
    const rights = ['on', `>${PASSWORD}`, '~*', '+get', '+info', '+ping'];
    await server.command('ACL', 'SETUSER', 'guest', ...rights);
    return server.url.replace('//', `//guest:${PASSWORD}@`);
  },
};

/** A Redis of its own that fails so that its answer, or the socket's, begins with this word. */
export async function brokenRedis(reason: string): Promise<BrokenRedis> {
  const isFull = reason === 'MISCONF';
  const server = await RedisServer.start({ diskLimit: isFull ? 0 : undefined });
  return {
    url: await TROUBLES[reason]!(server),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
