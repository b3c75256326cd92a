// Runs the whole test command several times beside two busy loops: `npm run test:loaded`, or with another
// number of runs, `npm run test:loaded -- 1`.
import { spawn, spawnSync } from 'node:child_process';

const runs = Number(process.argv[2] ?? 3);
// They end with this process, however it ends.
const loop = `while (process.ppid === ${process.pid});`;
const loops = [1, 2].map(() =>
  spawn(process.execPath, ['-e', loop], { stdio: 'ignore' }),
);
const results = [];
for (let number = 1; number <= runs; number++) {
  const begun = performance.now();
  const { status } = spawnSync('npm', ['test'], { stdio: 'inherit' });
  const seconds = Math.round((performance.now() - begun) / 1_000);
  results.push(status === 0);
  process.stdout.write(
    `[loaded] run ${number} of ${runs}: ${status === 0 ? 'green' : 'RED'} in ${seconds} s\n`,
  );
}
for (const loop of loops) loop.kill('SIGKILL');
process.exit(results.every(Boolean) ? 0 : 1);
