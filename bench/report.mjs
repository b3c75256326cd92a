/** The tables of the report, made of what `measureAll` found. */
import { LEFT } from './measurements.mjs';
import { settings } from './settings.mjs';
import { NONE, cell, ms, percent, ratio, table, whole } from './table.mjs';

const valueOf = (results, peer) =>
  results.find((one) => one.peer === peer)?.value;

export function contestantsTable(contestants) {
  return table(
    ['contestant', 'versions', 'notes'],
    contestants.map(({ title, versions, marks }) => [
      title,
      versions,
      marks.join(' ') || NONE,
    ]),
  );
}

export function upstreamTable({ cold, failing }, contestants) {
  const { callers } = settings.cold;
  const head = [
    'calls of the token endpoint',
    ...callers.map((count) => `${whole(count)} cold callers`),
    'answers 500: 100 callers',
    'wall',
    '100 more',
    'wall',
  ];
  return table(
    head,
    contestants.map(({ peer, title }) => {
      const starts = valueOf(cold, peer);
      const waves = valueOf(failing, peer);
      return [
        title,
        ...callers.map((count) => cell(starts?.[count], calls)),
        ...[0, 1].flatMap((index) => [
          cell(waves?.[index].calls, whole),
          cell(waves?.[index].wall, ms),
        ]),
      ];
    }),
  );
}

/** With the failures, where there are any. */
function calls({ calls: count, failures }) {
  return failures === 0
    ? whole(count)
    : `${whole(count)} (${whole(failures)} callers failed)`;
}

export function lateTable({ late }, contestants) {
  const head = [
    `at ${LEFT} s of life, ${settings.late.count} gets`,
    'calls',
    'blocked gets',
    'served, endpoint answers 500',
    'hangs',
    'resets',
  ];
  return table(
    head,
    contestants.map(({ peer, title }) => {
      const ends = valueOf(late, peer);
      return [
        title,
        cell(ends?.alive.calls, whole),
        cell(ends?.alive.blocked, whole),
        ...['500', 'hang', 'reset'].map((name) =>
          cell(ends?.[name].share, percent),
        ),
      ];
    }),
  );
}

export function warmTable({ warm }, contestants) {
  const [{ value: ours }] = warm;
  const ns = (value) => `${whole(value)} ns`;
  const floors = [
    ['floor: synchronous read', ours?.ns.read],
    ['floor: synchronous read + one clock read', ours?.ns.clock],
    ['floor: awaiting one held promise', ours?.ns.held],
    ['nestjs-kopokopo `peekToken()`', ours?.ns.peek],
  ];
  const head = ['warm get', 'time', 'of a held promise', 'heap per million'];
  return table(head, [
    ...floors.map(([title, time]) => [title, cell(time, ns), NONE, NONE]),
    ...contestants.map(({ peer, title }) => {
      const costs = valueOf(warm, peer);
      return [
        title,
        cell(costs?.ns.get, ns),
        cell(costs?.ratios.get, (value) =>
          value < 1_000 ? ratio(value) : `${whole(value)}×`,
        ),
        cell(costs?.heap, kilobytes),
      ];
    }),
  ]);
}

export const kilobytes = (bytes) => `${(bytes / 1_000).toFixed(1)} kB`;

export function callTable({ call, stale }, contestants) {
  const head = [
    'authorised GET',
    'of plain axios',
    'of axios without redirects',
    '50 calls meet 401s: token calls',
    'failures',
  ];
  const rows = contestants.filter(({ peer }) =>
    call.some((one) => one.peer === peer),
  );
  return table(
    head,
    rows.map(({ peer, title }) => {
      const costs = valueOf(call, peer);
      const met = valueOf(stale, peer);
      return [
        title,
        cell(costs?.ratio, ratio),
        cell(costs?.leanRatio, ratio),
        cell(met?.calls, whole),
        cell(met?.failures, whole),
      ];
    }),
  );
}
