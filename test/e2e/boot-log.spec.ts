import { Worker } from 'node:worker_threads';
import { describe, expect, it } from '@jest/globals';
import {
  KopoKopoModule,
  MemoryTokenStore,
  type TokenEvent,
} from '../../lib/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { boot, LogBook, openShop, QUIET } from '../support/boot.js';
import { FIXTURE_APP } from '../support/child-app.js';
import { eventually } from '../support/redis-fleet.js';
import { pod } from '../support/store-pod.js';

/** What the module itself wrote: Nest names its modules, too. */
function own(log: LogBook): string[] {
  return log.lines.filter(
    (line) => line.includes('KopoKopo') && !line.endsWith('InstanceLoader'),
  );
}

describe('the log of a healthy start', () => {
  const token = { ...QUIET.token, prefetch: 'required' } as const;

  it('says in one LOG line that a token is in hand, until when, and that it is used by this process alone', async () => {
    const log = new LogBook();
    await using shop = await openShop({ token }, {}, log);
    const expiresAt = shop.tokens.peekToken()!.expiresAt.toISOString();
    expect(own(log)).toEqual([
      `log Got the access token from Kopo Kopo; it expires at ${expiresAt} and is used by this process alone. KopoKopoToken`,
    ]);
  });

  it('names the instance in its context', async () => {
    const log = new LogBook();
    await using sandbox = await KopoKopoSandbox.start();
    const app = await boot(
      KopoKopoModule.forRoot({ ...sandbox.moduleOptions, name: 'b', token }),
      log,
    );
    expect(own(log)).toHaveLength(1);
    expect(own(log)[0]).toMatch(/KopoKopoToken:b$/);
    await app.close();
  });

  it('says with how many processes the token is shared, and that it came from the store', async () => {
    const sandbox = await KopoKopoSandbox.start();
    const store = new MemoryTokenStore();
    // Long enough for a starved machine: a member that lapses is no longer counted.
    const lapse = 60_000;
    const first = await pod(sandbox, store, { token: { ...token, lapse } });
    const log = new LogBook();
    const events: TokenEvent[] = [];
    const second = await pod(
      sandbox,
      store,
      { token: { ...QUIET.token, lapse } },
      log,
    );
    second.tokens.events.subscribe((event) => events.push(event));
    await second.tokens.getToken();
    await eventually('the token is told of', () => own(log).length > 0);
    expect(own(log)[0]).toMatch(
      /^log Got the access token from the token store; it expires at \S+ and is used by this and 1 other process\./,
    );
    expect(events[0]).toMatchObject({ type: 'minted', from: 'store' });
    await second.app.close();
    await first.app.close();
    await sandbox.stop();
  });
});

describe('an app in a worker thread', () => {
  it('is warned that no signal reaches it, though the main thread listens', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const options = sandbox.moduleOptions;
    const worker = new Worker(FIXTURE_APP, {
      env: {
        NO_COLOR: '1',
        APP: JSON.stringify({ platform: 'worker', hooks: true, options }),
      },
      stdout: true,
      stderr: true,
    });
    let said = '';
    worker.stdout.setEncoding('utf8');
    worker.stdout.on('data', (chunk: string) => (said += chunk));
    await eventually('the warning', () =>
      said.includes('No signal reaches a worker thread'),
    );
    await worker.terminate();
  });
});
