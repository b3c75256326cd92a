/** One run of everything: Markdown on stdout, progress on stderr, exit code 1 if a limit is missed. */
import { fork } from 'node:child_process';
import { limitsTable } from './limits.mjs';
import { machine, versions } from './machine.mjs';
import { measureAll } from './measurements.mjs';
import { ALL } from './peers/index.mjs';
import {
  callTable,
  contestantsTable,
  lateTable,
  upstreamTable,
  warmTable,
} from './report.mjs';

const start = performance.now();
const seconds = () => Math.round((performance.now() - start) / 1_000);

const server = fork(new URL('./server.mjs', import.meta.url), { execArgv: [] });
process.env.BENCH_CONTROL = await new Promise((resolve) =>
  server.once('message', resolve),
);
const found = await measureAll((name) =>
  process.stderr.write(`${seconds()} s: ${name}\n`),
);
server.disconnect();

const { contestants, notes } = await introduced(ALL);
const limits = limitsTable(found);
const parts = [
  `${machine()}; ${seconds()} s`,
  contestantsTable(contestants),
  upstreamTable(found, contestants),
  lateTable(found, contestants),
  warmTable(found, contestants),
  callTable(found, contestants),
  limits.text,
  [...notes, ...problems()].join('\n'),
];
process.stdout.write(`${parts.join('\n\n')}\n`);
process.exitCode = limits.isReached ? 0 : 1;

/** Titles, versions and numbered notes. */
async function introduced(peers) {
  const notes = [];
  const contestants = [];
  for (const peer of peers) {
    const module = await import(`./peers/${peer}.mjs`);
    const marks = module.notes.map((note) => {
      notes.push(`${notes.length + 1}. ${module.title}: ${note}`);
      return notes.length;
    });
    contestants.push({
      peer,
      title: module.title,
      versions: await versions(module),
      marks,
    });
  }
  return { contestants, notes };
}

/** What could not be run, and why. */
function problems() {
  return Object.entries(found).flatMap(([name, results]) =>
    Object.values(results)
      .flat()
      .filter(({ problem }) => problem !== undefined)
      .map(({ peer, problem }) => `- ${peer} in \`${name}\`: ${problem}`),
  );
}
