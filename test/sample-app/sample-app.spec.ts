import { execFile } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  it,
} from '@jest/globals';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { accountOf, SampleApp } from './sample-app.process.js';

const DATE = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
const HELD = { held: true, issuedAt: DATE, expiresAt: DATE, scopes: [] };

/** Tokens and secrets are long runs without a blank; nothing else in the log is. */
const CREDENTIAL = /[\w-]{32,}/;

/** An app without credentials, of which nothing is asked that changes it. */
let trial: SampleApp;
let sandbox: KopoKopoSandbox;
/** An app with credentials for the sandbox, likewise. */
let app: SampleApp;

beforeAll(async () => {
  sandbox = await KopoKopoSandbox.start();
  [trial, app] = await Promise.all([
    SampleApp.start(),
    SampleApp.start(accountOf(sandbox)),
  ]);
});

afterEach(() => sandbox.clearFaults());

afterAll(async () => {
  await Promise.all([trial, app].map((one) => one[Symbol.asyncDispose]()));
  await sandbox.stop();
});

describe('the sample app without credentials', () => {
  it('starts a sandbox inside itself and says so', () => {
    expect(trial.output).toMatch(
      /KOPOKOPO_CLIENT_ID is not set: .* sandbox in this process/,
    );
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'leaves no live token behind after %s, whatever was asked of it',
    async (signal) => {
      await using app = await SampleApp.start();
      await app.call('POST', '/token/renew');
      await app.call('POST', '/token/revoke');
      await app.call('POST', '/token/renew');

      expect(await app.stop(signal)).toBe(signal);

      expect(app.output).toMatch(
        /Revoked 2 access tokens on shutdown\.[^]*The sandbox counts 0 live tokens and stops\.\s*$/,
      );
      expect(app.output).not.toMatch(CREDENTIAL);
    },
  );
});

describe('the start of the sample app', () => {
  /** The commands that it prints. */
  const printed = (output: string) => output.match(/^curl .*$/gm) ?? [];

  it('ends with three calls that work as they are printed', async () => {
    const calls = printed(trial.output);
    expect(calls).toHaveLength(3);

    const answers = [];
    for (const call of calls) {
      const { stdout } = await promisify(execFile)('sh', ['-c', call]);
      answers.push(JSON.parse(stdout));
    }

    expect(answers).toEqual([
      HELD,
      { id: expect.any(String), location: expect.any(String) },
      expect.objectContaining({ status: 'ok' }),
    ]);
  });

  it('with an account names no call that asks somebody for money', () => {
    expect(printed(app.output)).toHaveLength(3);
    expect(printed(app.output).join()).not.toContain('POST');
  });

  it('is no 404 at /: it says what there is, and what to try', async () => {
    expect(await trial.call('GET', '/')).toEqual({
      status: 200,
      body: {
        routes: expect.arrayContaining(['GET /token', 'POST /payments']),
        try: printed(trial.output),
      },
    });
  });

  it('on a port that is taken says so and what to do, and leaves no token behind', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    const { port } = new URL(sandbox.url);
    await using app = SampleApp.launch({ ...accountOf(sandbox), PORT: port });

    expect(await app.ended()).toBe(1);
    expect(app.output).toContain(
      `Port ${port} is taken. Stop what listens there, or choose another port: PORT=3001 npm start`,
    );
    expect(app.output).not.toContain('at Server');
    expect(sandbox.liveTokens).toEqual([]);
  });
});

describe('the sample app with credentials', () => {
  it('talks to the Kopo Kopo it was given and revokes there', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    await using app = await SampleApp.start(accountOf(sandbox));
    expect(sandbox.liveTokens).toHaveLength(1);

    expect(await app.stop('SIGTERM')).toBe('SIGTERM');

    expect(sandbox.liveTokens).toHaveLength(0);
    expect(app.output).not.toContain('LocalSandbox]');
    expect(app.output).toContain('Revoked 1 access token on shutdown.');
  });

  it('tells about its token, renews it and gives it back, and never shows it', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    await using app = await SampleApp.start(accountOf(sandbox));
    const first = sandbox.liveTokens[0]!;

    const answers = [
      await app.call('GET', '/token'),
      await app.call('POST', '/token/introspect'),
      await app.call('POST', '/token/renew'),
      await app.call('POST', '/token/introspect', { token: first }),
      await app.call('POST', '/token/revoke'),
      await app.call('GET', '/token'),
    ];

    const active = {
      active: true,
      scopes: [],
      clientId: sandbox.clientId,
      tokenType: 'Bearer',
      expiresAt: DATE,
      issuedAt: DATE,
    };
    expect(answers).toEqual([
      { status: 200, body: HELD },
      { status: 200, body: active },
      { status: 200, body: HELD },
      { status: 200, body: active },
      { status: 204, body: '' },
      { status: 200, body: { held: false } },
    ]);
    expect(sandbox.liveTokens).toEqual([first]);

    await app.stop('SIGTERM');

    expect(sandbox.liveTokens).toHaveLength(0);
    const seen = app.output + JSON.stringify(answers);
    for (const secret of [sandbox.clientSecret, ...sandbox.issuedTokens]) {
      expect(seen).not.toContain(secret);
    }
  });

  it('writes the life of its token into the log, in its order', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    await using app = await SampleApp.start(accountOf(sandbox));
    expect(await app.call('GET', '/token/status')).toEqual({
      status: 200,
      body: {
        state: 'fresh',
        requesting: false,
        age: expect.any(Number),
        remaining: expect.any(Number),
        expiresAt: DATE,
        nextAttemptAt: DATE,
        store: 'none',
      },
    });
    await app.call('POST', '/token/renew');
    await app.call('POST', '/token/revoke');
    sandbox.failAlways('token', { kind: 'status', status: 503 });
    await app.call('POST', '/token/renew');

    await app.stop('SIGTERM');

    const told = app.output.match(/(?<=\[TokenJournal\] )\S+/g);
    expect(told).toEqual([
      'minted',
      'invalidated',
      'minted',
      'revoked',
      'renewal-failed',
      'revoked',
    ]);
    expect(app.output).toMatch(
      /WARN \[TokenJournal\] renewal-failed \{"code":"KOPOKOPO_SERVER",/,
    );
    expect(app.output).not.toMatch(CREDENTIAL);
  });

  it('refuses a body that is not what it asks for', async () => {
    const before = sandbox.requests.length;
    for (const body of [
      { token: 7 },
      { tokn: 'x' },
      { token: 'not a token' },
    ]) {
      expect(await app.call('POST', '/token/introspect', body)).toMatchObject({
        status: 400,
      });
    }
    expect(sandbox.requests).toHaveLength(before);
  });

  it('answers 502 when Kopo Kopo fails, and says no more than its caller may know', async () => {
    sandbox.failAlways('introspect', { kind: 'html', status: 500 });

    expect(await app.call('POST', '/token/introspect')).toEqual({
      status: 502,
      body: {
        statusCode: 502,
        error: 'Bad Gateway',
        message: 'The payment provider could not serve the request.',
        code: 'KOPOKOPO_SERVER',
        outcome: 'unknown',
      },
    });
  });
});

describe('the health of the sample app', () => {
  const UP = {
    kopokopo: {
      status: 'up',
      degraded: false,
      state: 'fresh',
      remaining: expect.any(Number),
    },
  };

  it('is 200 while a token is held, whatever has become of the server', async () => {
    const before = sandbox.requests.length;
    sandbox.failAlways('all', { kind: 'status', status: 503 });

    expect(await app.call('GET', '/health')).toEqual({
      status: 200,
      body: { status: 'ok', info: UP, error: {}, details: UP },
    });
    expect(sandbox.requests).toHaveLength(before);
  });

  it('is 503 when there is no token and none can be had, and 200 again after the pause', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    await using app = await SampleApp.start({
      ...accountOf(sandbox),
      KOPOKOPO_TOKEN_COOLDOWN_MIN: '10',
      KOPOKOPO_TOKEN_COOLDOWN_MAX: '10',
    });
    await app.call('POST', '/token/revoke');
    sandbox.failAlways('token', { kind: 'status', status: 503 });
    const down = {
      kopokopo: {
        status: 'down',
        degraded: false,
        state: 'none',
        lastFailure: 'KOPOKOPO_SERVER',
      },
    };

    expect(await app.call('GET', '/health')).toEqual({
      status: 503,
      body: { status: 'error', info: {}, error: down, details: down },
    });

    sandbox.clearFaults();
    await setTimeout(50);
    expect(await app.call('GET', '/health')).toMatchObject({
      status: 200,
      body: { status: 'ok', details: UP },
    });
  });
});
