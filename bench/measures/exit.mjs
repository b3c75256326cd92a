/** Ours alone: a process whose token nobody can renew and that has nothing more to do. */
import { setTimeout as pause } from 'node:timers/promises';
import { Site } from '../sites.mjs';

const LIFE = 4;

/** Milliseconds: in the early window, after its jitter. */
const LEAVES_AT = 3_200;

/** The worker ends its part and does not exit by force. */
export const leaves = true;

export async function work({ peer, gate, options: { behaviour } }) {
  await gate();
  const site = await Site.open({ life: LIFE });
  const { get } = await peer.open(site);
  await get();
  await site.change({ behaviour });
  await pause(LEAVES_AT);
}
