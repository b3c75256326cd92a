/** What ours must reach, and whether it does. */
import { LEFT, LEFT_OURS } from './measurements.mjs';
import { OURS } from './peers/index.mjs';
import { settings } from './settings.mjs';
import { NONE, ms, percent, ratio, table, whole } from './table.mjs';
import { kilobytes } from './report.mjs';

/** Three attempts of 50 ms, and the longest pauses between them (200 and 400 ms), and a little. */
const ONE_BUDGET = 1_000;

/** Bytes per million gets that a garbage collection leaves or takes by chance. */
const HEAP_NOISE = 20_000;

const DEAD = ['500', 'hang', 'reset'];

/** Rows `{ what, value, limit, write, exact, atLeast }`; a missing value is not reached. */
function rows(found) {
  const ours = (name) => found[name].find(({ peer }) => peer === OURS)?.value;
  const [first, again] = ours('failing') ?? [];
  const { lastMoment, idle, exit } = found.alone;
  return [
    ...settings.cold.callers.map((count) => ({
      what: `cold start, ${whole(count)} callers: calls`,
      value: ours('cold')?.[count].calls,
      exact: 1,
    })),
    { what: '500, 100 callers: calls', value: first?.calls, limit: 3 },
    {
      what: '500, 100 callers: wall time, no convoy',
      value: first?.wall,
      limit: ONE_BUDGET,
      write: ms,
    },
    { what: '500, 100 more at once: calls', value: again?.calls, exact: 0 },
    ...[LEFT, ...LEFT_OURS].flatMap((left) => lateRows(found.late, left)),
    {
      what: 'idle process: renewals by the timer',
      value: idle.value?.renewals,
      exact: 1,
    },
    {
      what: 'idle process, then gets: blocked',
      value: idle.value?.blocked,
      exact: 0,
    },
    ...DEAD.flatMap((name) => lastMomentRows(lastMoment.value?.[name], name)),
    {
      what: 'dead endpoint: unhandled rejections',
      value: unhandled([...found.late, ...found.failing, lastMoment, idle]),
      exact: 0,
    },
    ...DEAD.map((name, index) => ({
      what: `dead endpoint (${name}): the process exits within`,
      value: exit[index].lingered,
      // A request on its way is awaited, for no longer than the mint budget.
      limit: name === 'hang' ? 10_500 : 2_000,
      write: ms,
    })),
    {
      what: '50 calls meet staggered 401s: token calls',
      value: ours('stale')?.calls,
      exact: 1,
    },
    {
      what: '50 calls meet staggered 401s: failures',
      value: ours('stale')?.failures,
      exact: 0,
    },
    {
      what: 'warm `getToken()` of a held promise',
      value: ours('warm')?.ratios.get,
      limit: 1.3,
      write: ratio,
    },
    {
      what: '`peekToken()` of a read with a clock read',
      value: ours('warm')?.ratios.peek,
      limit: 1,
      write: ratio,
    },
    {
      what: 'authorised GET of plain axios',
      value: ours('call')?.ratio,
      limit: 1.1,
      write: ratio,
    },
    {
      what: 'heap per million warm gets: no growth beyond noise',
      value: ours('warm')?.heap,
      limit: HEAP_NOISE,
      write: kilobytes,
    },
  ];
}

function lateRows(late, left) {
  const ends = lateOf(late, left);
  const served = ends && Math.min(...DEAD.map((name) => ends[name].share));
  const blocked = ends && DEAD.reduce((sum, one) => sum + ends[one].blocked, 0);
  const life = `${left} s of life`;
  return [
    { what: `${life}: calls`, value: ends?.alive.calls, exact: 1 },
    { what: `${life}: blocked gets`, value: ends?.alive.blocked, exact: 0 },
    {
      what: `${life}, dead endpoint: gets served`,
      value: served,
      exact: 1,
      write: percent,
    },
    // At 12 s the load reaches into the last seconds, where callers wait.
    ...(left < LEFT
      ? []
      : [
          {
            what: `${life}, dead endpoint: blocked gets`,
            value: blocked,
            exact: 0,
          },
        ]),
  ];
}

/** Ours runs at several lives; its results come in the order of the jobs. */
function lateOf(late, left) {
  const index = [LEFT, ...LEFT_OURS].indexOf(left);
  return late.filter(({ peer }) => peer === OURS)[index]?.value;
}

function lastMomentRows(ends, name) {
  return [
    {
      what: `dead endpoint (${name}) to the last moment: gets served`,
      value: ends?.share,
      exact: 1,
      write: percent,
    },
    {
      what: `dead endpoint (${name}) before the last seconds: blocked gets`,
      value: ends?.blockedBefore,
      exact: 0,
    },
  ];
}

function unhandled(results) {
  const ours = results.filter(({ peer }) => peer === OURS);
  return ours.reduce((sum, one) => sum + (one.unhandled ?? NaN), 0);
}

function isReached({ value, exact, limit }) {
  return exact === undefined ? value <= limit : value === exact;
}

/** The table, and whether every limit is reached. */
export function limitsTable(found) {
  const all = rows(found);
  const lines = all.map((row) => {
    const { what, value, exact, limit, write = whole } = row;
    return [
      what,
      value === undefined ? NONE : write(value),
      exact === undefined ? `≤ ${write(limit)}` : write(exact),
      isReached(row) ? 'ok' : '**NOT REACHED**',
    ];
  });
  return {
    text: table(['must reach', 'value', 'limit', ''], lines),
    isReached: all.every(isReached),
  };
}
