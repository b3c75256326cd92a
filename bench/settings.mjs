/** How much is measured: all of it, or `--quick` for a look. */
const FULL = {
  cold: { callers: [1_000, 10_000] },
  late: { count: 500, every: 10 },
  warm: { rounds: 11, slice: 40 },
  call: { rounds: 9, requests: 600 },
};

const QUICK = {
  cold: { callers: [1_000] },
  late: { count: 100, every: 10 },
  warm: { rounds: 5, slice: 20 },
  call: { rounds: 5, requests: 200 },
};

export const settings = process.argv.includes('--quick') ? QUICK : FULL;
