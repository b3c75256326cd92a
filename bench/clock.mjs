/**
 * Preloaded (`--import`) where time has to be moved: every library of the process then sees the same
 * shifted `Date`, `performance.now()` and `os.uptime()`. Timers stay in real time.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module';

const os = createRequire(import.meta.url)('node:os');
const RealDate = Date;
const monotonic = performance.now.bind(performance);
const uptime = os.uptime;
let ahead = 0;

globalThis.Date = class Date extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + ahead);
    else super(...parts);
  }

  static now() {
    return RealDate.now() + ahead;
  }
};
performance.now = () => monotonic() + ahead;
os.uptime = () => uptime() + ahead / 1_000;
syncBuiltinESMExports();

/** Moves all clocks of this process forward. */
globalThis.moveTime = (ms) => {
  ahead += ms;
};
