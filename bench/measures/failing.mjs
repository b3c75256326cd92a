/** The token endpoint answers 500 (after 50 ms): 100 callers at once, and 100 more right after. */
import { setTimeout as pause } from 'node:timers/promises';
import { Site } from '../sites.mjs';

const CALLERS = 100;
const CAP = 15_000;

export async function work({ peer, gate }) {
  const site = await Site.open({ mode: 'error', latency: 50 });
  const { get } = await peer.open(site);
  await gate();
  return [await wave(get, site), await wave(get, site)];
}

async function wave(get, site) {
  const before = await site.tokenCalls();
  const start = performance.now();
  const gets = Array.from({ length: CALLERS }, () => get());
  await Promise.race([Promise.allSettled(gets), pause(CAP)]);
  const wall = performance.now() - start;
  return { calls: (await site.tokenCalls()) - before, wall };
}
