// What `npm test` runs: scripts of package.json, each as soon as what it needs has passed, two at a time.
// Every script runs, whatever the others say; the exit code tells whether all have passed.
// With CI set the specs also measure what they cover, the format is checked, and the pages of the API are
// made: a minute and a half more.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';

const SPECS = process.env.CI ? 'test:cover' : 'test:jest';

/** Names of scripts, the longest way first, each with the scripts that it needs. */
const NEEDS = {
  build: [],
  lint: ['build'],
  typecheck: [],
  ...(process.env.CI && { 'format:check': [] }),
  ...(process.env.CI && { 'build:nest': ['build'] }),
  'build:sample': [process.env.CI ? 'build:nest' : 'build'],
  'build:fixtures': ['build:sample'],
  [SPECS]: ['build:fixtures'],
  ...(process.env.CI && { docs: [] }),
  'test:package': ['build'],
};

/** Scripts that run at one time: more would take the specs' cores away. */
const LANES = 2;

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
const PATH = [resolve('node_modules/.bin'), process.env.PATH].join(delimiter);
const begun = performance.now();
const seconds = (from) =>
  `${((performance.now() - from) / 1_000).toFixed(0)} s`;

/** Says what a script said in one piece when it has ended, or at once where it runs longest. */
async function run(name) {
  const from = performance.now();
  const isLong = name === SPECS;
  const child = spawn(scripts[name], {
    shell: true,
    env: { ...process.env, PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const take = (chunk) =>
    isLong ? void process.stdout.write(chunk) : void (text += chunk);
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);
  const code = await new Promise((ended) => child.once('close', ended));
  const verdict = code === 0 ? 'passed' : 'FAILED';
  process.stdout.write(`${text}[${name}] ${verdict} in ${seconds(from)}\n`);
  return code === 0;
}

const passed = new Map();
const waiting = new Set(Object.keys(NEEDS));
const running = new Map();
while (waiting.size + running.size > 0) {
  for (const name of waiting) {
    const needs = NEEDS[name];
    if (needs.some((need) => passed.get(need) === false)) {
      waiting.delete(name);
      passed.set(name, false);
      process.stdout.write(`[${name}] NOT RUN: it needs ${needs.join(', ')}\n`);
    } else if (
      running.size < LANES &&
      needs.every((need) => passed.get(need))
    ) {
      waiting.delete(name);
      running.set(
        name,
        run(name).then((hasPassed) => {
          running.delete(name);
          passed.set(name, hasPassed);
        }),
      );
    }
  }
  await Promise.race(running.values());
}

const failed = [...passed].filter(([, is]) => !is).map(([name]) => name);
process.stdout.write(
  failed.length === 0
    ? `All checks passed in ${seconds(begun)}.\n`
    : `Failed: ${failed.join(', ')} (${seconds(begun)}).\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
