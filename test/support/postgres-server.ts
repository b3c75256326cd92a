import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './redis-server.js';

const VERSIONS = '/usr/lib/postgresql';

/** Folder of Debian's PostgreSQL, where there is one. */
export function postgresBinaries(): string | undefined {
  if (!existsSync(VERSIONS)) return undefined;
  const [newest] = readdirSync(VERSIONS).toSorted().toReversed();
  return newest && join(VERSIONS, newest, 'bin');
}

/** A real PostgreSQL of the test's own, on loopback. It refuses to run as root. */
export class PostgresServer implements AsyncDisposable {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(binaries: string): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), 'kopokopo-postgres-'));
    const owner =
      process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
    if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid);
    execFileSync(
      join(binaries, 'initdb'),
      ['-D', folder, '-U', 'kopokopo', '-A', 'trust', '--no-sync'],
      { stdio: 'ignore', cwd: folder, ...owner },
    );
    const port = await freePort();
    const child = spawn(
      join(binaries, 'postgres'),
      `-D ${folder} -p ${port} -h 127.0.0.1 -k ${folder} -F`.split(' '),
      { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder, ...owner },
    );
    for await (const line of createInterface(child.stderr!)) {
      if (line.includes('ready to accept connections')) break;
    }
    child.stderr!.resume();
    const url = `postgres://kopokopo@127.0.0.1:${port}/postgres`;
    return new PostgresServer(url, child, folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.child, 'close');
    this.child.kill('SIGINT');
    await closed;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function idOf(kind: '-u' | '-g'): number {
  return Number(execFileSync('id', [kind, 'postgres'], { encoding: 'utf8' }));
}
