// Order of the suites: those that run longest begin first, so that no worker waits for one at the end.
// Jest knows how long suites take only where it has run before, which a clean checkout has not.
const { statSync } = require('node:fs');
const { join, sep } = require('node:path');

/** Beginnings of paths below test/, the longest-running first; all others follow, the largest first. */
const SLOWEST = [
  'fleet/fleet-life',
  'simulation/fleet',
  'package',
  'fleet',
  'docs/code-blocks',
  'redis/store-faults',
  'simulation',
  'e2e/shutdown',
  'e2e/revocation-failure',
  'e2e/process',
  'sample-app',
  'redis',
].map((path) => `${sep}${join('test', ...path.split('/'))}`);

module.exports = class SlowestFirst {
  sort(tests) {
    const ranked = [...tests].map((test) => {
      const rank = SLOWEST.findIndex((start) => test.path.includes(start));
      const { size } = statSync(test.path);
      return { test, size, rank: rank < 0 ? SLOWEST.length : rank };
    });
    return ranked
      .toSorted((a, b) => a.rank - b.rank || b.size - a.size)
      .map(({ test }) => test);
  }

  /** Jest asks for it; nothing is kept, so that each run is in the same order. */
  cacheResults() {}
};
