import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KopoKopoHttpService, MemoryTokenStore } from '../../lib/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { pod } from '../support/store-pod.js';

/** Nobody lapses, however busy the machine is. */
const STEADY = { timeout: 5_000, token: { lapse: 60_000 } } as const;

let sandbox: KopoKopoSandbox;
let store: MemoryTokenStore;

afterEach(() => sandbox.stop());

describe('a fleet on a server that reuses tokens', () => {
  beforeEach(async () => {
    sandbox = await KopoKopoSandbox.start({
      api: 'scripted',
      reuseAccessToken: true,
    });
    store = new MemoryTokenStore();
  });

  it('keeps its token when a process stops that had requested it for itself', async () => {
    const one = await pod(sandbox, store, STEADY);
    const own = await one.tokens.requestToken();
    const other = await pod(sandbox, store, STEADY);
    const shared = await other.tokens.getToken();
    expect(shared.value).toBe(own.value);

    await one.app.close();
    expect(sandbox.liveTokens).toEqual([shared.value]);
    await other.app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });

  it('and keeps it when that process used it, too', async () => {
    const one = await pod(sandbox, store, STEADY);
    const other = await pod(sandbox, store, STEADY);
    const shared = await other.tokens.getToken();
    await one.tokens.requestToken();
    await one.tokens.getToken();

    await one.app.close();
    expect(sandbox.liveTokens).toEqual([shared.value]);
    await other.app.close();
    expect(sandbox.liveTokens).toEqual([]);
  });
});

describe('five processes on a server that reuses tokens', () => {
  it('fail no call over three lives of the token', async () => {
    sandbox = await KopoKopoSandbox.start({
      api: 'scripted',
      reuseAccessToken: true,
      tokenLifetime: 3,
    });
    store = new MemoryTokenStore();
    const pods = await Promise.all(
      Array.from({ length: 5 }, () => pod(sandbox, store, { timeout: 5_000 })),
    );
    const failures: unknown[] = [];
    let calls = 0;
    const callers = pods.map(async ({ app }) => {
      const http = app.get(KopoKopoHttpService);
      while (sandbox.issuedTokens.length < 4) {
        calls += 1;
        await http.get('things').catch((error) => failures.push(error));
      }
    });
    await Promise.all(callers);
    expect(failures).toEqual([]);
    expect(calls).toBeGreaterThan(50);
    await Promise.all(pods.map(({ app }) => app.close()));
    expect(sandbox.liveTokens).toEqual([]);
  });
});
