/** Gets at a steady pace, and how they fared. */
import { setTimeout as pause } from 'node:timers/promises';

/** A get is blocked if it is still open when a timer of so many milliseconds, begun with it, fires. */
const BLOCKED = 50;

/** A get that is still open so many milliseconds after the last one began was not served. */
const GRACE = 5_000;

const now = () => Number(process.hrtime.bigint()) / 1e6;

/** Tells for each get when it began, whether it was blocked, and whether a token came (`served`). */
export async function steadyLoad(get, { count, every, until = Infinity }) {
  const gets = [];
  const open = [];
  const start = now();
  for (let index = 0; index < count; index++) {
    const ahead = start + index * every - now();
    if (ahead > 0) await pause(ahead);
    const at = Date.now();
    if (at >= until) break;
    const one = { at, blocked: false, served: false };
    gets.push(one);
    open.push(watch(get, one));
  }
  await Promise.race([Promise.all(open), pause(GRACE)]);
  return gets;
}

async function watch(get, one) {
  // Before any timer fires, a get that needs nobody has settled, however busy the machine is.
  const timer = setTimeout(() => {
    one.blocked = true;
  }, BLOCKED);
  try {
    await get();
    one.served = true;
  } catch {
    one.served = false;
  } finally {
    clearTimeout(timer);
  }
}
