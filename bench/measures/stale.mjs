/** The server kills the token; 50 calls meet 401s that come 20 ms apart. */
import { Site } from '../sites.mjs';

const CALLS = 50;

export async function work({ peer, gate }) {
  const site = await Site.open({ stagger: 20 });
  const { call } = await peer.open(site);
  await call();
  await site.change({ zero: true, revoke: true });
  await gate();
  const calls = Array.from({ length: CALLS }, () => call());
  const outcomes = await Promise.allSettled(calls);
  const failures = outcomes.filter(({ status }) => status === 'rejected');
  return { calls: await site.tokenCalls(), failures: failures.length };
}
