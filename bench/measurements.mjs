/** Everything that is measured, one group after another. */
import { ALL, OURS } from './peers/index.mjs';
import { settings } from './settings.mjs';
import { inTurns, leaving, together } from './workers.mjs';

/** Seconds of life left: all contestants at the first, ours at the others too. */
export const LEFT = 60;
export const LEFT_OURS = [11, 720];

/** Contestants with authorised calls of their own. */
const CALLING = [
  OURS,
  'badgateway',
  'google-auth-library',
  'axios-token-interceptor',
  'core-rest-pipeline',
];

const DEAD = {
  500: { mode: 'error' },
  hang: { mode: 'hang' },
  reset: { mode: 'reset' },
};

/** One mint budget, and a little. */
const LONGEST_EXIT = 12_000;

const jobs = (peers, options) => peers.map((peer) => ({ peer, options }));

export async function measureAll(tell) {
  const found = {};
  const group = async (name, measure) => {
    tell(name);
    found[name] = await measure();
  };
  await group('cold', () => inTurns('cold', jobs(ALL, settings.cold)));
  await group('failing', () => inTurns('failing', jobs(ALL)));
  await group('late', () => together('late', lateJobs(), { moveTime: true }));
  await group('alone', oursAlone);
  await group('stale', () => inTurns('stale', jobs(CALLING)));
  await group('warm', () => inTurns('warm', jobs(ALL, settings.warm)));
  await group('call', () => inTurns('call', jobs(CALLING, settings.call)));
  return found;
}

function lateJobs() {
  const lives = [
    ...ALL.map((peer) => [peer, LEFT]),
    ...LEFT_OURS.map((left) => [OURS, left]),
  ];
  return lives.map(([peer, left]) => ({
    peer,
    options: { ...settings.late, left },
  }));
}

async function oursAlone() {
  const exits = Object.values(DEAD).map((behaviour) => ({
    peer: OURS,
    options: { behaviour },
  }));
  const [[lastMoment], [idle], exit] = await Promise.all([
    together('last-moment', jobs([OURS])),
    together('idle', jobs([OURS])),
    leaving('exit', exits, LONGEST_EXIT),
  ]);
  return { lastMoment, idle, exit };
}
