import { describe, expect, it } from '@jest/globals';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import type { SandboxFault } from '../../lib/testing/index.js';
import { PATIENCE } from '../support/patience.js';
import { childOf, expectEnd, REVOKED } from '../support/child-run.js';

/** A call may take longer than a test waits for an end: only the budget of the shutdown can end it. */
const OPTIONS = { shutdown: { timeout: 700 }, timeout: 2 * PATIENCE };
const ALIVE = 'alive on the server until it expires.';

interface Failure {
  endpoint: string;
  fault: SandboxFault;
  code: string;
  attempts: number;
}

const FAILURES: Failure[] = [
  {
    endpoint: 'hangs',
    fault: { kind: 'hang' },
    code: 'KOPOKOPO_TIMEOUT',
    attempts: 3,
  },
  {
    endpoint: 'answers 500',
    fault: { kind: 'status', status: 500 },
    code: 'KOPOKOPO_SERVER',
    attempts: 3,
  },
  {
    endpoint: 'resets the connection',
    fault: { kind: 'reset' },
    code: 'KOPOKOPO_CONNECTION',
    attempts: 3,
  },
  {
    endpoint: 'answers 403',
    fault: { kind: 'status', status: 403 },
    code: 'KOPOKOPO_PERMISSION',
    attempts: 1,
  },
  {
    endpoint: 'answers 429 and asks for a minute',
    fault: { kind: 'status', status: 429, headers: { 'Retry-After': '60' } },
    code: 'KOPOKOPO_RATE_LIMIT',
    attempts: 1,
  },
];

describe('an app whose revocation endpoint', () => {
  it.each(FAILURES)(
    '$endpoint ends within its budget and says that the token lives',
    async ({ fault, code, attempts }) => {
      await using sandbox = await KopoKopoSandbox.start();
      const platform = 'express';
      await using app = childOf(sandbox, { platform }, OPTIONS);
      await app.ready();
      sandbox.failAlways('revoke', fault);

      app.send('SIGTERM');

      await expectEnd(app, sandbox, { signal: 'SIGTERM' });
      const warning = `Could not revoke 1 access token on shutdown (${code}): ${ALIVE}`;
      expect(app.count(warning)).toBe(1);
      expect(app.count(REVOKED)).toBe(0);
      expect(sandbox.counters.revoke).toBeGreaterThanOrEqual(1);
      expect(sandbox.counters.revoke).toBeLessThanOrEqual(attempts);
      expect(sandbox.liveTokens).toHaveLength(1);
    },
  );

  it.each<{ endpoint: string; fault: SandboxFault }>([
    { endpoint: 'hangs once', fault: { kind: 'hang' } },
    { endpoint: 'answers 503 once', fault: { kind: 'status', status: 503 } },
    { endpoint: 'resets once', fault: { kind: 'reset', when: 'after' } },
    { endpoint: 'loses its answer once', fault: { kind: 'lost' } },
  ])('$endpoint revokes at the next attempt', async ({ fault }) => {
    await using sandbox = await KopoKopoSandbox.start();
    const platform = 'worker';
    // An attempt may take a part of this: on a busy machine the second must fit in too.
    const options = { ...OPTIONS, shutdown: { timeout: 6_000 } };
    await using app = childOf(sandbox, { platform }, options);
    await app.ready();
    sandbox.failNext('revoke', fault);

    app.send('SIGTERM');

    await expectEnd(app, sandbox, { signal: 'SIGTERM' });
    expect(app.count(REVOKED)).toBe(1);
    expect(sandbox.counters.revoke).toBe(2);
    expect(sandbox.liveTokens).toHaveLength(0);
  });
});

describe('an app whose token endpoint hangs', () => {
  const token = { prefetch: 'background' } as const;

  it('waits for the request in flight and revokes what it brings', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    sandbox.failNext('token', { kind: 'hang' });
    await using app = childOf(sandbox, { platform: 'express' }, { token });
    await app.ready();
    await sandbox.waitForRequest('token');

    app.send('SIGTERM');
    await app.said(/^SHUTDOWN SIGTERM$/m);
    sandbox.release();

    await expectEnd(app, sandbox, { signal: 'SIGTERM' });
    expect(app.count(REVOKED)).toBe(1);
    expect(sandbox.issuedTokens).toHaveLength(1);
    expect(sandbox.liveTokens).toHaveLength(0);
  });

  it('gives the request up within its budget', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    sandbox.failAlways('token', { kind: 'hang' });
    const options = { ...OPTIONS, token };
    await using app = childOf(sandbox, { platform: 'express' }, options);
    await app.ready();
    await sandbox.waitForRequest('token');

    app.send('SIGTERM');

    await expectEnd(app, sandbox, { signal: 'SIGTERM' });
    expect(sandbox.counters.revoke).toBe(0);
    expect(sandbox.issuedTokens).toHaveLength(0);
  });
});
