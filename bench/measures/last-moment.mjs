/**
 * Ours alone, in real time: a short-lived token, whose windows are those of a long one scaled down, and an
 * endpoint that is dead from its first moment to its last.
 */
import { steadyLoad } from '../load.mjs';
import { Site } from '../sites.mjs';

const LIFE = 12;

/** Milliseconds: a quarter of the life is the early window, half of that the last seconds. */
const LAST_WINDOW = (LIFE * 1_000) / 8;

/** Gets of the very last milliseconds would measure the machine's timers. */
const EDGE = 50;

const ENDPOINTS = {
  500: { mode: 'error', latency: 5 },
  hang: { mode: 'hang' },
  reset: { mode: 'reset' },
};

export async function work({ peer, gate }) {
  await gate();
  return Object.fromEntries(
    await Promise.all(Object.entries(ENDPOINTS).map(run)),
  );

  async function run([name, behaviour]) {
    const site = await Site.open({ life: LIFE });
    const { get } = await peer.open(site);
    const expiry = (await get()).expiresAt.getTime();
    await site.change({ behaviour, zero: true });
    const gets = await steadyLoad(get, {
      count: Infinity,
      every: 10,
      until: expiry - EDGE,
    });
    const waited = gets.filter(
      ({ at, blocked }) => blocked && at < expiry - LAST_WINDOW,
    );
    return [
      name,
      {
        share: gets.filter(({ served }) => served).length / gets.length,
        blockedBefore: waited.length,
        calls: await site.tokenCalls(),
      },
    ];
  }
}
