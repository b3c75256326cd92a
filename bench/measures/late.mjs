/**
 * A token of 3,600 s comes near its end under steady load: all clocks of the process are moved until
 * `left` seconds remain. The endpoint then answers slowly, answers 500, hangs or resets.
 */
import { steadyLoad } from '../load.mjs';
import { Site } from '../sites.mjs';

const LIFE = 3_600;

export const ENDPOINTS = {
  alive: { mode: 'ok', latency: 300 },
  500: { mode: 'error', latency: 5 },
  hang: { mode: 'hang' },
  reset: { mode: 'reset' },
};

export async function work({ peer, gate, options: { left, count, every } }) {
  const subjects = await Promise.all(Object.entries(ENDPOINTS).map(open));
  await gate();
  globalThis.moveTime((LIFE - left) * 1_000);
  return Object.fromEntries(await Promise.all(subjects.map(run)));

  async function open([name, behaviour]) {
    const site = await Site.open();
    const { get } = await peer.open(site);
    await get();
    await site.change({ behaviour, zero: true });
    return { name, site, get };
  }

  async function run({ name, site, get }) {
    const gets = await steadyLoad(get, { count, every });
    const share = gets.filter(({ served }) => served).length / gets.length;
    const blocked = gets.filter(({ blocked: is }) => is).length;
    return [name, { share, blocked, calls: await site.tokenCalls() }];
  }
}
