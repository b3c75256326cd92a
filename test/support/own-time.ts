/** Milliseconds between two ticks. */
const TICK = 5;

/**
 * Milliseconds that a step of this process takes, as its event loop counts them: a timer that the
 * machine serves late counts once, so that a loaded machine makes nothing look slower, while a step
 * that waits for a timer of its own looks as slow as it is.
 */
export async function ownTime(step: () => Promise<unknown>): Promise<number> {
  let ticks = 0;
  const ticking = setInterval(() => (ticks += 1), TICK);
  try {
    await step();
  } finally {
    clearInterval(ticking);
  }
  return ticks * TICK;
}
