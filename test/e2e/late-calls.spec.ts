import { expect, it } from '@jest/globals';
import { setTimeout } from 'node:timers/promises';
import {
  KopoKopoHttpService,
  KopoKopoModule,
  TokenService,
} from '../../lib/index.js';
import { TokenLifecycle } from '../../lib/token/token-lifecycle.js';
import { boot, openShop, QUIET } from '../support/boot.js';
import { rawServer } from '../support/raw-server.js';
import { eventually } from '../support/redis-fleet.js';

/** A drain that outlives its deadline, up to `app.close()`. */
async function draining(deadline: number) {
  const shop = await openShop({ shutdown: { deadline } });
  await shop.tokens.getToken();
  shop.app.get(TokenLifecycle, { strict: false }).beforeApplicationShutdown();
  await eventually(
    'the deadline is over',
    () => shop.sandbox.liveTokens.length === 0,
  );
  return shop;
}

it('A call after the deadline gives its token back when it ends, and not before', async () => {
  await using shop = await draining(10);
  const { app, sandbox, tokens } = shop;
  const http = app.get(KopoKopoHttpService);
  sandbox.failNext('api', { kind: 'hang' });
  const slow = http.get('things');
  await sandbox.waitForRequest('api');
  const [live] = sandbox.liveTokens;
  await http.get('things');
  await eventually(
    'the quick one has given its token back',
    () => sandbox.liveTokens.length === 1,
  );
  expect(sandbox.liveTokens).toEqual([live]);

  sandbox.release();
  await slow;
  await eventually(
    'so has the slow one',
    () => sandbox.liveTokens.length === 0,
  );
  // Who takes a token for calls of its own keeps it.
  const own = await tokens.getToken();
  await http.get('things');
  await eventually(
    'only that one is left',
    () => sandbox.liveTokens.length === 1,
  );
  expect(sandbox.liveTokens).toEqual([own.value]);
  await app.close();
  expect(sandbox.liveTokens).toEqual([]);
});

it('Calls after the deadline leave no token alive, however many there are', async () => {
  await using shop = await draining(10);
  const { app, sandbox } = shop;
  const http = app.get(KopoKopoHttpService);
  for (let round = 0; round < 120; round++) {
    await Promise.all(Array.from({ length: 10 }, () => http.get('things')));
  }
  await app.close();
  // One before the deadline, and at most one for the calls of each round.
  expect(sandbox.counters.token).toBeLessThanOrEqual(121);
  expect(sandbox.liveTokens).toHaveLength(0);
});

it('A hundred calls at once after the deadline share one token, which is revoked when the last has ended', async () => {
  await using shop = await draining(10);
  const { app, sandbox } = shop;
  const http = app.get(KopoKopoHttpService);
  const before = { ...sandbox.counters };
  await Promise.all(Array.from({ length: 100 }, () => http.get('things')));
  await eventually(
    'it is revoked',
    () => sandbox.counters.revoke === before.revoke + 1,
  );
  expect(sandbox.counters.token).toBe(before.token + 1);
  expect(sandbox.liveTokens).toEqual([]);
});

it('A call after the deadline keeps a token that the server has given to somebody else, too', async () => {
  const revoked: string[] = [];
  let number = 1;
  await using server = await rawServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/oauth/revoke') revoked.push(`reused-${number++}`);
    response.end(
      JSON.stringify({
        access_token: `reused-${number}`,
        token_type: 'Bearer',
        expires_in: 3_600,
      }),
    );
  });
  const app = await boot(
    KopoKopoModule.forRoot({
      baseUrl: server.url,
      clientId: 'cl_reused',
      clientSecret: 'not-told',
      ...QUIET,
      shutdown: { deadline: 10 },
    }),
  );
  const tokens = app.get(TokenService);
  await tokens.getToken();
  app.get(TokenLifecycle, { strict: false }).beforeApplicationShutdown();
  await eventually('the deadline is over', () => revoked.length === 1);
  const own = await tokens.getToken();
  await app.get(KopoKopoHttpService).get('things');
  await setTimeout(100);
  expect(revoked).not.toContain(own.value);
  await app.close();
  expect(revoked).toContain(own.value);
});
