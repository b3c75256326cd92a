import { describe, expect, it } from '@jest/globals';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { childOf, expectEnd, REVOKED } from '../support/child-run.js';

const WARNING = 'Nothing listens for SIGTERM';

describe('an application context', () => {
  it('revokes its token on SIGTERM', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    await using app = childOf(sandbox, { platform: 'worker' });
    await app.ready();

    app.send('SIGTERM');

    await expectEnd(app, sandbox, { signal: 'SIGTERM' });
    expect(app.count(REVOKED)).toBe(1);
    expect(sandbox.liveTokens).toHaveLength(0);
  });

  it('that nobody closes ends of itself: no timer of the module holds the process', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    await using app = childOf(sandbox, { platform: 'context' });

    await expectEnd(app, sandbox, { code: 0 });
    expect(app.count('READY')).toBe(1);
    expect(sandbox.issuedTokens).toHaveLength(1);
  });
});

describe('an app', () => {
  it('without enableShutdownHooks() is warned once that its token outlives it', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const settings = { platform: 'express', hooks: false } as const;
    await using app = childOf(sandbox, settings);
    await app.said(/^PAST GRACE$/m);
    expect(app.count(WARNING)).toBe(1);

    app.send('SIGTERM');

    await expectEnd(app, sandbox, { signal: 'SIGTERM' });
    expect(app.count(WARNING)).toBe(1);
    expect(sandbox.liveTokens).toHaveLength(1);
  });

  it('with enableShutdownHooks() is not warned', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    await using app = childOf(sandbox, { platform: 'fastify' });
    await app.said(/^PAST GRACE$/m);

    app.send('SIGTERM');

    await expectEnd(app, sandbox, { signal: 'SIGTERM' });
    expect(app.count(WARNING)).toBe(0);
  });

  it('that calls it once its first token has come is not warned', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    sandbox.failNext('token', { kind: 'delay', ms: 400 });
    await using app = childOf(sandbox, { platform: 'worker' });
    await app.said(/^PAST GRACE$/m);

    app.send('SIGTERM');

    await expectEnd(app, sandbox, { signal: 'SIGTERM' });
    expect(app.count(WARNING)).toBe(0);
  });

  it('that was closed is not warned', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    await using app = childOf(sandbox, { platform: 'worker', closes: true });
    await app.said(/^PAST GRACE$/m);
    expect(app.count(REVOKED)).toBe(1);

    app.send('SIGTERM');

    await expectEnd(app, sandbox, { signal: 'SIGTERM' });
    expect(app.count(WARNING)).toBe(0);
  });

  it('that does not want revocation is not warned and leaves its token alive', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const settings = { platform: 'express', hooks: false } as const;
    const shutdown = { revoke: false };
    await using app = childOf(sandbox, settings, { shutdown });
    await app.said(/^PAST GRACE$/m);
    expect(app.count(WARNING)).toBe(0);

    app.send('SIGTERM');

    await expectEnd(app, sandbox, { signal: 'SIGTERM' });
    expect(sandbox.counters.revoke).toBe(0);
  });
});

describe("prefetch 'required'", () => {
  it('fails the boot with the typed error where nobody listens', async () => {
    const sandbox = await KopoKopoSandbox.start();
    await sandbox.stop();
    const token = { mintAttempts: 2, mintBudget: 1_000 };
    await using app = childOf(sandbox, { platform: 'express' }, { token });

    await expectEnd(app, sandbox, { code: 1 }, token.mintBudget);
    expect(app.log).toContain('KopoKopoConnectionError');
    expect(app.log).toContain("code: 'KOPOKOPO_CONNECTION'");
    expect(app.count('READY')).toBe(0);
  });

  it('fails the boot with the typed error where the credentials are refused', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const { clientId, clientSecret } = sandbox;
    await using app = childOf(sandbox, { platform: 'express' });
    sandbox.rotateSecret(clientId, 'the-secret-of-another-day');

    await expectEnd(app, sandbox, { code: 1 });
    expect(app.log).toContain('KopoKopoAuthenticationError');
    expect(app.log).not.toContain(clientSecret);
    expect(app.count('READY')).toBe(0);
  });
});
