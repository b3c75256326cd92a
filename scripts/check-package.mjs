// Packs the built package once, without its lifecycle scripts, and has publint and
// are-the-types-wrong look at the tarball.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'kopokopo-pack-'));
const run = (command, ...args) =>
  execFileSync(command, args, { encoding: 'utf8' });
try {
  const options = ['--json', '--ignore-scripts', '--pack-destination', folder];
  const packed = run('npm', 'pack', ...options);
  const tarball = join(folder, JSON.parse(packed)[0].filename);
  process.stdout.write(run('publint', 'run', tarball, '--strict'));
  process.stdout.write(run('attw', tarball));
} catch (error) {
  process.stdout.write(`${error.stdout ?? ''}${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
