/**
 * An authorised GET beside plain axios with a fixed header, and beside axios that follows no redirects,
 * which is cheaper: blocks in turns, one request at a time.
 */
import { Agent } from 'node:http';
// The copy that our module uses, so that all sides run the same axios.
import axios from '../../node_modules/axios/index.js';
import { Site } from '../sites.mjs';
import { median } from '../statistics.mjs';

const BLOCK = 50;
const WARM_UP = 2_000;

export async function work({ peer, gate, options: { rounds, requests } }) {
  const site = await Site.open();
  const { call } = await peer.open(site);
  const sides = {
    plain: await fixedHeader(site),
    lean: await fixedHeader(site, { maxRedirects: 0 }),
    call,
  };
  await gate();
  // Until the compiler has made up its mind; in turns, too, for the sides share axios.
  await oneRound(sides, WARM_UP);
  const taken = [];
  for (let round = 0; round < rounds; round++) {
    await gate();
    taken.push(await oneRound(sides, requests));
  }
  const over = (side) => median(taken.map((took) => took.call / took[side]));
  return {
    ratio: over('plain'),
    leanRatio: over('lean'),
    plain: median(taken.map(({ plain }) => plain / requests)),
  };
}

async function fixedHeader({ origin }, settings = {}) {
  const mint = await axios.post(`${origin}/oauth/token`);
  const instance = axios.create({
    baseURL: `${origin}/api/v2`,
    httpAgent: new Agent({ keepAlive: true }),
    headers: { Authorization: `Bearer ${mint.data.access_token}` },
    ...settings,
  });
  return () => instance.get('/ping');
}

async function oneRound(sides, requests) {
  const order = Object.entries(sides);
  const took = Object.fromEntries(order.map(([name]) => [name, 0]));
  for (let done = 0; done < requests; done += BLOCK) {
    for (const [name, side] of order) took[name] += await timed(side, BLOCK);
    order.push(order.shift());
  }
  return took;
}

/** Milliseconds. */
async function timed(call, count) {
  const start = performance.now();
  for (let index = 0; index < count; index++) await call();
  return performance.now() - start;
}
