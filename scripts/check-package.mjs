// Holds what `npm publish` would send against the rules of publint and attw. Packed once, and without
// `prepack`: `npm test` has built it already.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'kopokopo-'));

function run(command, ...args) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}

try {
  run(
    'npm',
    'pack',
    '--ignore-scripts',
    '--silent',
    '--pack-destination',
    folder,
  );
  const [tarball] = readdirSync(folder).map((name) => join(folder, name));
  run('publint', '--strict', tarball);
  run('attw', tarball);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
