// Installs the lowest version of each peer and the packed library in test/lowest, and runs its tests there.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve('test/lowest');

function run(command, args, cwd = process.cwd()) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** The lowest version that a range such as `^4.0.0 || ^12.0.0` lets in. */
function lowestOf(range) {
  const versions = range
    .split('||')
    .map((part) => part.trim().replace(/^\^/, ''));
  const order = (version) =>
    version
      .split('.')
      .map((part) => part.padStart(5, '0'))
      .join();
  return versions.toSorted((a, b) => order(a).localeCompare(order(b)))[0];
}

const root = JSON.parse(readFileSync('package.json', 'utf8'));
const { dependencies } = JSON.parse(
  readFileSync(join(folder, 'package.json'), 'utf8'),
);
const ranges = { ...root.dependencies, ...root.peerDependencies };
const wrong = Object.entries(ranges).filter(
  ([name, range]) => dependencies[name] !== lowestOf(range),
);
for (const [name, range] of wrong) {
  process.stderr.write(
    `test/lowest/package.json has ${name} ${dependencies[name]}; the lowest of ${range} is ${lowestOf(range)}.\n`,
  );
}
if (wrong.length > 0) process.exit(1);

run('npm', ['ci', '--no-audit', '--no-fund', '--silent'], folder);
const library = join(folder, 'node_modules', root.name);
rmSync(library, { recursive: true, force: true });
mkdirSync(library, { recursive: true });
run('npm', [
  'pack',
  '--ignore-scripts',
  '--silent',
  '--pack-destination',
  library,
]);
const tarball = readdirSync(library).find((name) => name.endsWith('.tgz'));
run('tar', ['-xzf', tarball, '--strip-components', '1'], library);
rmSync(join(library, tarball));

const tests = readdirSync(folder).filter((name) =>
  /\.test\.[cm]js$/.test(name),
);
run(process.execPath, ['--test', ...tests], folder);
