import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const BINARY = '/usr/bin/redis-server';

/** Says loudly what is not tested where Redis is missing; in CI that is a failure. */
export function redisIsHere(suite: string): boolean {
  if (existsSync(BINARY)) return true;
  const problem = `SKIPPED: ${suite}: ${BINARY} is missing (apt-get install redis-server).`;
  if (process.env.CI) throw new Error(problem);
  process.stderr.write(`\n${problem}\n\n`);
  return false;
}

/** A Redis of the test's own on 127.0.0.1, which keeps nothing on disk. */
export class RedisServer {
  private process: ChildProcess | undefined;

  private constructor(readonly port: number) {}

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    await server.run();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it (again, with nothing in it) on the same port. */
  async run(): Promise<void> {
    const args = `--port ${this.port} --bind 127.0.0.1 --save  --appendonly no`;
    this.process = spawn(BINARY, args.split(' '), { stdio: 'ignore' });
    for (let tries = 0; tries < 200; tries++) {
      if (await this.answers()) return;
      await wait(25);
    }
    throw new Error(`Redis did not come up on ${this.port}.`);
  }

  /** One command as text, one answer as text. */
  async ask(...words: string[]): Promise<string> {
    const socket = connect(this.port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      const parts = words.map((word) => `$${word.length}\r\n${word}\r\n`);
      socket.write(`*${words.length}\r\n${parts.join('')}`);
      let text = '';
      for (;;) {
        const [chunk] = (await once(socket, 'data')) as [Buffer];
        text += chunk.toString();
        if (isWhole(text)) return text;
      }
    } finally {
      socket.destroy();
    }
  }

  /** Everything that stands in it. */
  async dump(): Promise<string> {
    const keys = (await this.ask('KEYS', '*')).match(/^[^*$\r\n].+$/gm) ?? [];
    return (await Promise.all(keys.map((key) => this.ask('GET', key)))).join();
  }

  async kill(): Promise<void> {
    const { process } = this;
    if (process === undefined) return;
    this.process = undefined;
    const exit = once(process, 'exit');
    process.kill('SIGKILL');
    await exit;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  private async answers(): Promise<boolean> {
    return this.ask('PING').then(
      (answer) => answer.startsWith('+PONG'),
      () => false,
    );
  }
}

/** A bulk string says how long it is; a list how many lines follow. */
function isWhole(text: string): boolean {
  const [head = '', ...rest] = text.split('\r\n');
  const size = Number(head.slice(1));
  if (head.startsWith('$')) {
    return size < 0 || text.length >= head.length + size + 4;
  }
  if (head.startsWith('*')) return rest.length > size * 2;
  return text.endsWith('\r\n');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
