// Runs the simulations with more seeds than `npm test`, or with those that the variables name.
import { spawnSync } from 'node:child_process';

const runs = {
  SIMULATION_RUNS: '10000',
  FLEET_SIMULATION_RUNS: '2000',
  PAYMENTS_RUNS: '30',
};

const { status } = spawnSync(
  'npm',
  ['run', '-s', 'test:jest', '--', 'test/simulation', ...process.argv.slice(2)],
  { stdio: 'inherit', env: { ...runs, ...process.env } },
);
process.exitCode = status ?? 1;
