/** Nobody asks while a token of 12 s goes through its early window: is there a new one afterwards? */
import { setTimeout as pause } from 'node:timers/promises';
import { steadyLoad } from '../load.mjs';
import { Site } from '../sites.mjs';

const LIFE = 12;

/** Milliseconds: past the early window's jitter and the renewal's 300 ms, before the last seconds. */
const ASKED_AGAIN = 10_200;

export async function work({ peer, gate }) {
  await gate();
  const site = await Site.open({ life: LIFE, latency: 300 });
  const { get } = await peer.open(site);
  await get();
  await pause(ASKED_AGAIN);
  const renewals = (await site.tokenCalls()) - 1;
  const gets = await steadyLoad(get, { count: 100, every: 5 });
  return { renewals, blocked: gets.filter(({ blocked }) => blocked).length };
}
