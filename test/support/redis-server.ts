import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { runInThisContext } from 'node:vm';
import { describe, it } from '@jest/globals';
import { Redis, type RedisOptions } from 'ioredis';
import { PATIENCE } from './patience.js';

/** What a server can be. */
export interface RedisServerOptions {
  /** `redis-server` or `valkey-server`. */
  binary?: string;
  password?: string;
  /** Further arguments, such as `--maxmemory`. */
  args?: string[];
  /** Default: a free one. */
  port?: number;
  /** Whether it is a Sentinel, which is to be told what it watches. */
  sentinel?: boolean;
  /** Whether it loses nothing when it is killed; else it comes back with its last `SAVE`, or empty. */
  keepsData?: boolean;
  /** Blocks (512 bytes) that it may write into one file. Default: what the disk holds. */
  diskLimit?: number;
}

const running = new Set<ChildProcess>();
// Node's own; jest gives tests a copy that hears nothing.
(runInThisContext('process') as NodeJS.Process).on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve()),
  );
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A real Redis on loopback, which the test can stop, pause and kill. */
export class RedisServer implements AsyncDisposable {
  #child: ChildProcess | undefined;
  readonly #directory = mkdtempSync(join(tmpdir(), 'kopokopo-redis-'));

  private constructor(
    readonly port: number,
    private readonly options: RedisServerOptions,
  ) {}

  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const port = options.port ?? (await freePort());
    const server = new RedisServer(port, options);
    await server.start();
    return server;
  }

  get url(): string {
    const { password } = this.options;
    const login = password === undefined ? '' : `:${password}@`;
    return `redis://${login}127.0.0.1:${this.port}`;
  }

  /** Starts it again on its port, with what it has on disk. */
  async start(): Promise<void> {
    const {
      binary = 'redis-server',
      password,
      args = [],
      keepsData = false,
      sentinel = false,
      diskLimit = 'unlimited',
    } = this.options;
    // Written at once; waiting for the disk only guards against a loss of power.
    const log = keepsData ? 'yes --appendfsync no' : 'no';
    const child = spawn(
      'sh',
      [
        ['-c', `ulimit -f ${diskLimit}; exec "$0" "$@"`, binary],
        sentinel ? [this.#configFile(), '--sentinel'] : [],
        `--port ${this.port} --bind 127.0.0.1 --appendonly ${log}`.split(' '),
        ['--save', '', '--dir', this.#directory],
        password === undefined ? [] : ['--requirepass', password],
        args,
      ].flat(),
      { stdio: 'ignore' },
    );
    running.add(child);
    child.once('exit', () => running.delete(child));
    this.#child = child;
    await this.#answers();
  }

  /** Ends it as an operator does. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** Ends it as the kernel does. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** With a `diskLimit` of 0: it finds that it can't save, and takes no writes any more. */
  async fillDisk(): Promise<void> {
    await this.command('CONFIG', 'SET', 'save', '3600 1');
    await this.command('SET', 'filler', 'x');
    await this.command('BGSAVE');
    for (;;) {
      const info = String(await this.command('INFO', 'persistence'));
      if (info.includes('rdb_last_bgsave_status:err')) return;
      await setTimeout(20);
    }
  }

  /** Its connections stay open, and nothing is answered. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** A client of the test's own; who takes it closes it. */
  client(options: RedisOptions = {}): Redis {
    const client = new Redis(this.url, { maxRetriesPerRequest: 1, ...options });
    client.on('error', () => undefined);
    return client;
  }

  /** One command, as an operator would type it. */
  async command(name: string, ...args: (string | number)[]): Promise<unknown> {
    const client = this.client();
    try {
      return await client.call(name, ...args.map(String));
    } finally {
      client.disconnect();
    }
  }

  /** Connections of those who do not ask for this very list. */
  async connections(): Promise<number> {
    const list = String(await this.command('CLIENT', 'LIST')).trim();
    return list.split('\n').filter((line) => !line.includes('cmd=client'))
      .length;
  }

  /** Everything that stands in it. */
  async dump(): Promise<string> {
    const keys = (await this.command('KEYS', '*')) as string[];
    return (
      await Promise.all(keys.map((key) => this.command('GET', key)))
    ).join();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** In which a Sentinel keeps what it has learned. */
  #configFile(): string {
    const file = join(this.#directory, 'sentinel.conf');
    writeFileSync(file, '', { flag: 'a' });
    return file;
  }

  async #answers(): Promise<void> {
    const end = performance.now() + PATIENCE;
    while (performance.now() < end) {
      if (this.#child?.exitCode !== null) break;
      if ((await this.#ping()) === 'PONG') return;
      await setTimeout(20);
    }
    throw new Error(`No Redis on port ${this.port}.`);
  }

  async #ping(): Promise<unknown> {
    const client = this.client({
      lazyConnect: true,
      retryStrategy: () => null,
    });
    try {
      return await client.ping();
    } catch {
      return undefined;
    } finally {
      if (client.status !== 'end') client.disconnect();
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGCONT');
    child.kill(signal);
    await gone;
  }
}

/** Slots of each node of a cluster. */
const SLOTS = [
  [0, 5_460],
  [5_461, 10_922],
  [10_923, 16_383],
] as const;

/** Three nodes that share the slots; ready when each says that the cluster is. */
export async function redisCluster(): Promise<
  AsyncDisposable & { nodes: RedisServer[] }
> {
  const nodes: RedisServer[] = [];
  try {
    for (const [from, to] of SLOTS) {
      const [node, bus] = await clusterNode();
      nodes.push(node);
      await node.command('CLUSTER', 'ADDSLOTSRANGE', from, to);
      await node.command('CLUSTER', 'SET-CONFIG-EPOCH', nodes.length);
      const address = ['127.0.0.1', node.port, bus] as const;
      await nodes[0]!.command('CLUSTER', 'MEET', ...address);
    }
    await Promise.all(nodes.map(clusterIsUp));
  } catch (error) {
    await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()));
    throw error;
  }
  return {
    nodes,
    async [Symbol.asyncDispose]() {
      await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()));
    },
  };
}

async function clusterNode(): Promise<[RedisServer, bus: number]> {
  const bus = await freePort();
  const node = await RedisServer.start({
    args: `--cluster-enabled yes --cluster-port ${bus} --cluster-config-file nodes-${bus}.conf`.split(
      ' ',
    ),
  });
  return [node, bus];
}

async function clusterIsUp(node: RedisServer): Promise<void> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    const info = String(await node.command('CLUSTER', 'INFO'));
    if (
      info.includes('cluster_state:ok') &&
      info.includes('cluster_known_nodes:3')
    )
      return;
    if (performance.now() > end)
      throw new Error(`The cluster is not up: ${info}`);
    await setTimeout(50);
  }
}

/** Is the program there? */
export function hasBinary(binary: string): boolean {
  try {
    execFileSync(binary, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** As `describe`, where the program is there; else says loudly what is left out, and fails in CI. */
export function describeWith(
  binary: string,
  name: string,
  tests: () => void,
  { optional = false } = {},
): void {
  if (hasBinary(binary)) {
    describe(name, tests);
    return;
  }
  process.stderr.write(
    `\n*** SKIPPED for want of ${binary}: "${name}". Install it to run these tests. ***\n\n`,
  );
  describe(name, () => {
    if (process.env.CI && !optional) {
      it(`finds ${binary}`, () => {
        throw new Error(
          `${binary} is not installed, and CI must not skip this.`,
        );
      });
    } else it.skip(`finds ${binary}`, () => undefined);
  });
}
