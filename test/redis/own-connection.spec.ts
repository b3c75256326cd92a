import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RedisTokenStore } from '../../lib/redis/index.js';
import { PATIENCE } from '../support/patience.js';
import { eventually, openFleet } from '../support/redis-fleet.js';
import { describeWith, RedisServer } from '../support/redis-server.js';

const ONE_STEP = fileURLToPath(
  new URL('./fixtures/one-step.mjs', import.meta.url),
);

/** Milliseconds for which a mint hangs: longer than a test waits for a connection to be closed. */
const LONG = 4 * PATIENCE;

describeWith('redis-server', 'The connection that a store opened', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  beforeEach(() => server.command('FLUSHALL'));
  afterAll(() => server[Symbol.asyncDispose]());

  const redis = () => new RedisTokenStore({ url: server.url });
  const closed = () =>
    eventually('it is closed', async () => (await server.connections()) === 0);

  it('keeps no process alive, though nobody closes it', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [ONE_STEP], {
      env: { PATH: process.env.PATH, REDIS_URL: server.url },
      timeout: PATIENCE,
    });
    expect(stdout).toBe('members: 1');
  });

  it('is not left open by who revokes a token after the shutdown', async () => {
    await using fleet = await openFleet();
    const { tokens, value, stop } = await fleet.join(redis());
    const token = await value();
    await stop();
    await closed();
    await tokens.revokeToken(token);
    await closed();
  });

  it('is closed on a shutdown that is to revoke nothing', async () => {
    await using fleet = await openFleet();
    const shutdown = { revoke: false };
    const pod = await fleet.join(redis(), {}, { shutdown });
    const value = await pod.value();
    await pod.stop();
    await closed();
    expect(fleet.sandbox.liveTokens).toEqual([value]);
  });

  it('is closed on such a shutdown while a token is on its way, and again when the fleet has got it', async () => {
    await using fleet = await openFleet();
    const patience = { mintBudget: LONG, attemptTimeout: LONG };
    const shutdown = { revoke: false };
    const pod = await fleet.join(redis(), patience, { shutdown });
    fleet.sandbox.failNext('token', { kind: 'hang' });
    const minted = pod.value();
    await fleet.sandbox.waitForRequest('token');
    await pod.stop();
    await closed();

    fleet.sandbox.release();
    const value = await minted;
    await eventually('the fleet has it', async () =>
      (await server.dump()).includes('"sealed"'),
    );
    await closed();
    const sibling = await fleet.join(redis());
    expect(await sibling.value()).toBe(value);
  });
});
