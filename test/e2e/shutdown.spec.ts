import { describe, expect, it } from '@jest/globals';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { childOf, expectEnd, REVOKED } from '../support/child-run.js';
import { LoopbackClient } from '../support/loopback-client.js';

const PLATFORMS = ['express', 'fastify'] as const;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

describe.each(PLATFORMS)('an app on %s that is told to stop', (platform) => {
  describe.each(SIGNALS)('by %s', (signal) => {
    it.each([
      { clients: 'keep their connection', keepAlive: true },
      { clients: 'close their connection', keepAlive: false },
    ])(
      'revokes its token and ends by that signal, when clients $clients',
      async ({ keepAlive }) => {
        await using sandbox = await KopoKopoSandbox.start();
        await using app = childOf(sandbox, { platform });
        using client = new LoopbackClient({ keepAlive });
        const url = await app.ready();
        const answer = await client.get(`${url}/token`);
        expect(answer).toEqual({ status: 200, body: { done: true } });
        expect(client.idleConnections).toBe(keepAlive ? 1 : 0);

        app.send(signal);

        await expectEnd(app, sandbox, { signal });
        expect(app.count(`SHUTDOWN ${signal}`)).toBe(1);
        expect(app.count(REVOKED)).toBe(1);
        expect(sandbox.counters).toMatchObject({ token: 1, revoke: 1 });
        expect(sandbox.liveTokens).toHaveLength(0);
      },
    );
  });

  it('serves a slow request to its end with a live token, then revokes', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    await using app = childOf(sandbox, { platform });
    using client = new LoopbackClient({ keepAlive: false });
    const url = await app.ready();
    sandbox.failNext('introspect', { kind: 'hang' });
    const slow = client.get(`${url}/slow`);
    await sandbox.waitForRequest('introspect');

    app.send('SIGTERM');
    await app.said(/^SHUTDOWN SIGTERM$/m);
    expect(sandbox.counters.revoke).toBe(0);
    sandbox.release();

    expect(await slow).toEqual({ status: 200, body: { active: true } });
    await expectEnd(app, sandbox, { signal: 'SIGTERM' });
    expect(app.count(REVOKED)).toBe(1);
    expect(sandbox.liveTokens).toHaveLength(0);
  });

  it('serves the request that waits for a token in flight, then revokes that token', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const token = { prefetch: 'off' } as const;
    await using app = childOf(sandbox, { platform }, { token });
    using client = new LoopbackClient({ keepAlive: false });
    const url = await app.ready();
    sandbox.failNext('token', { kind: 'hang' });
    const answer = client.get(`${url}/token`);
    await sandbox.waitForRequest('token');

    app.send('SIGTERM');
    await app.said(/^SHUTDOWN SIGTERM$/m);
    sandbox.release();

    expect(await answer).toEqual({ status: 200, body: { done: true } });
    await expectEnd(app, sandbox, { signal: 'SIGTERM' });
    expect(app.count(REVOKED)).toBe(1);
    expect(sandbox.issuedTokens).toHaveLength(1);
    expect(sandbox.liveTokens).toHaveLength(0);
  });

  it('revokes before a drain that outlives the deadline has ended, and a token asked for afterwards too', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const shutdown = { deadline: 50, timeout: 1_000 };
    await using app = childOf(sandbox, { platform }, { shutdown });
    using client = new LoopbackClient({ keepAlive: false });
    const url = await app.ready();
    sandbox.failNext('introspect', { kind: 'hang' });
    const slow = client.get(`${url}/slowThenToken`);
    await sandbox.waitForRequest('introspect');

    app.send('SIGTERM');
    await app.said(/Revoked 1 access token on shutdown/);
    expect(sandbox.issuedTokens).toHaveLength(1);
    expect(sandbox.liveTokens).toHaveLength(0);
    sandbox.release();

    expect(await slow).toEqual({ status: 200, body: { done: true } });
    await expectEnd(app, sandbox, { signal: 'SIGTERM' }, shutdown.timeout);
    expect(app.count(REVOKED)).toBe(2);
    expect(sandbox.issuedTokens).toHaveLength(2);
    expect(sandbox.liveTokens).toHaveLength(0);
  });

  it('does not hold its token until an idle keep-alive client has gone', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const shutdown = { deadline: 50, timeout: 1_000 };
    await using app = childOf(sandbox, { platform }, { shutdown });
    using client = new LoopbackClient({ keepAlive: true });
    const url = await app.ready();
    sandbox.failNext('introspect', { kind: 'hang' });
    const slow = client.get(`${url}/slow`);
    await sandbox.waitForRequest('introspect');

    app.send('SIGTERM');
    await app.said(/^SHUTDOWN SIGTERM$/m);
    sandbox.release();
    await slow;
    expect(client.idleConnections).toBe(1);
    // The connection stays open: for 5 seconds on Express, for 72 on Fastify.
    await app.said(/Revoked 1 access token on shutdown/);
    expect(sandbox.liveTokens).toHaveLength(0);

    client.close();
    await expectEnd(app, sandbox, { signal: 'SIGTERM' }, shutdown.timeout);
    expect(app.count(REVOKED)).toBe(1);
    expect(sandbox.counters.revoke).toBe(1);
  });
});

describe('a payout from a job that is under way at SIGTERM', () => {
  it('gets its answer before the token is revoked', async () => {
    await using sandbox = await KopoKopoSandbox.start({ api: 'scripted' });
    sandbox.failNext('api', { kind: 'delay', ms: 500 });
    await using app = childOf(sandbox, { platform: 'worker', job: true });
    await app.ready();
    await sandbox.waitForRequest('api');

    app.send('SIGTERM');

    await expectEnd(app, sandbox, { signal: 'SIGTERM' });
    expect(app.count('Waiting for 1 call to Kopo Kopo')).toBe(1);
    expect(app.count('JOB 201')).toBe(1);
    expect(sandbox.created).toHaveLength(1);
    expect(sandbox.liveTokens).toHaveLength(0);
  });

  it('and hangs is named before the process goes within its limit, and its caller hears of it', async () => {
    await using sandbox = await KopoKopoSandbox.start({ api: 'scripted' });
    sandbox.failNext('api', { kind: 'hang' });
    // Three tenths of it are the revocation's, which a busy machine needs.
    const shutdown = { timeout: 3_000 };
    const settings = { platform: 'express', job: true } as const;
    await using app = childOf(sandbox, settings, { shutdown });
    await app.ready();
    await sandbox.waitForRequest('api');

    app.send('SIGTERM');

    await expectEnd(app, sandbox, { signal: 'SIGTERM' }, shutdown.timeout);
    expect(app.count('POST send_money, outcome unknown')).toBe(1);
    expect(app.count('JOB failed: KOPOKOPO_SHUT_DOWN, unknown')).toBe(1);
    expect(sandbox.liveTokens).toHaveLength(0);
  });
});

describe('a second signal while the app shuts down', () => {
  it.each(SIGNALS)(
    '%s neither cuts the revocation short nor repeats it',
    async (second) => {
      await using sandbox = await KopoKopoSandbox.start();
      await using app = childOf(sandbox, { platform: 'express' });
      await app.ready();
      sandbox.failNext('revoke', { kind: 'hang' });

      app.send('SIGTERM');
      await sandbox.waitForRequest('revoke');
      app.send(second);
      sandbox.release();

      await expectEnd(app, sandbox, { signal: 'SIGTERM' });
      expect(app.count(REVOKED)).toBe(1);
      expect(sandbox.counters.revoke).toBe(1);
      expect(sandbox.liveTokens).toHaveLength(0);
    },
  );
});
