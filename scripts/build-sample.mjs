// Builds the package and the sample app, and says what it does meanwhile.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Milliseconds between two signs of life. */
const SIGN = 10_000;

const say = (line) => process.stdout.write(`[build] ${line}\n`);

async function step(what, script) {
  say(what);
  const began = performance.now();
  const seconds = () => Math.round((performance.now() - began) / 1_000);
  const signs = setInterval(() => say(`… ${seconds()} s`), SIGN);
  const build = spawn('npm', ['run', '--silent', script], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const [code] = await once(build, 'exit');
  clearInterval(signs);
  if (code !== 0) process.exit(code ?? 1);
  say(`Done in ${seconds()} s.`);
}

await step('Building the package, 1 of 2: it takes 10 to 60 seconds.', 'build');
await step('Building the sample app, 2 of 2.', 'build:sample');
say('Starting.');
