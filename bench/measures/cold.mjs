/** Callers who all ask at once, before there is a token. */
import { Site } from '../sites.mjs';

export async function work({ peer, gate, options }) {
  const value = {};
  for (const callers of options.callers) {
    const site = await Site.open();
    const { get } = await peer.open(site);
    await gate();
    const gets = Array.from({ length: callers }, () => get());
    const outcomes = await Promise.allSettled(gets);
    value[callers] = {
      calls: await site.tokenCalls(),
      failures: outcomes.filter(({ status }) => status === 'rejected').length,
    };
  }
  return value;
}
