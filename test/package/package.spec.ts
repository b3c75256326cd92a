import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import type { SandboxFault } from '../../lib/testing/index.js';
import { FIXTURE_APP } from '../support/child-app.js';
import { childOf, expectEnd, REVOKED } from '../support/child-run.js';
import {
  type PackedConsumer,
  PackedPackage,
  ROOT,
} from '../support/packed-package.js';

type Exports = Record<string, string | Record<string, Record<string, string>>>;

interface LoadedEntry {
  esm: string[];
  cjs: string[];
  formats: string[];
  error?: string;
  message?: string;
}

let packed: PackedPackage;
/** Nest 12 with @nestjs/config, Nest 11 without. */
let consumers: Record<11 | 12, PackedConsumer>;
/** Nest 12 with every optional peer; the others have no ioredis. */
let complete: PackedConsumer;
/** The fixture app, with the packed package and Nest 11. */
let appOfNest11: string;

beforeAll(async () => {
  packed = await PackedPackage.pack();
  consumers = {
    11: packed.consumer(11),
    12: packed.consumer(12, ['@nestjs/config']),
  };
  complete = packed.consumer(12, ['@nestjs/config', 'bullmq', 'ioredis']);
  appOfNest11 = await consumers[11].bundle(FIXTURE_APP);
});

afterAll(() => packed.remove());

function fixture(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
}

describe('the tarball', () => {
  it('holds both builds, the README with its guides, CHANGELOG, LICENSE and package.json, and nothing else', () => {
    const strangers = packed.files.filter(
      (path) =>
        !/^(package\.json|(README|SECURITY|CHANGELOG)\.md|LICENSE)$/.test(
          path,
        ) &&
        !/^guides\/[\w-]+\.md$/.test(path) &&
        !/^dist\/(esm|cjs)\/(package\.json|.*\.(js|js\.map|d\.ts))$/.test(path),
    );
    expect(strangers).toEqual([]);
    expect(packed.files).toEqual(
      expect.arrayContaining([
        'package.json',
        'README.md',
        'CHANGELOG.md',
        'LICENSE',
      ]),
    );
  });

  it('of a fresh clone holds the builds: they are made when it is packed', async () => {
    const made = await PackedPackage.filesOfFreshClone();
    expect(made).toContain('dist/esm/index.js');
  });

  it('holds no tests and no sample app', () => {
    const strangers = packed.files.filter((path) =>
      /\.spec\.|sample|fixtures/.test(path),
    );
    expect(strangers).toEqual([]);
  });

  it('holds every file that package.json leads to', () => {
    const manifest = JSON.parse(packed.read('package.json')) as {
      exports: Exports;
      typesVersions: Record<string, Record<string, string[]>>;
      main: string;
      module: string;
      types: string;
    };
    const { main, module, types, typesVersions } = manifest;
    const targets = Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === 'string'
        ? [entry]
        : Object.values(entry).flatMap((paths) => Object.values(paths)),
    );
    const typed = Object.values(typesVersions['*'] ?? {}).flat();
    for (const path of [...targets, ...typed, main, module, types]) {
      expect(packed.files).toContain(path.replace(/^\.\//, ''));
    }
  });

  it('says nothing of the machine it was built on', () => {
    const telling = packed.files.filter((path) =>
      packed.read(path).includes(ROOT),
    );
    expect(telling).toEqual([]);
  });
});

describe('an app that has installed the package', () => {
  it.each([
    { nest: 12, format: 'ES modules', script: 'app.mjs' },
    { nest: 12, format: 'CommonJS', script: 'app.cjs' },
    { nest: 11, format: 'ES modules', script: 'app.mjs' },
    { nest: 11, format: 'CommonJS', script: 'app.cjs' },
  ] as const)(
    'on Nest $nest with $format asks for a payment and leaves no token alive',
    async ({ nest, script }) => {
      await using sandbox = await KopoKopoSandbox.start();
      const { baseUrl, clientId, clientSecret } = sandbox.moduleOptions;
      const fromEnvironment = {
        KOPOKOPO_BASE_URL: baseUrl,
        KOPOKOPO_CLIENT_ID: clientId,
        KOPOKOPO_CLIENT_SECRET: clientSecret,
      };
      const inCode = { OPTIONS: JSON.stringify(sandbox.moduleOptions) };

      const said = await consumers[nest].run(fixture(script), {
        env: nest === 12 ? fromEnvironment : inCode,
      });

      expect(said).toBe(
        `Nest ${nest}: AccessToken([redacted]), payment Pending\n`,
      );
      expect(sandbox.counters).toMatchObject({ token: 1, revoke: 1 });
      expect(sandbox.liveTokens).toHaveLength(0);
    },
  );
});

describe('an app on Nest 11 that is told to stop', () => {
  it.each(['express', 'fastify', 'worker'] as const)(
    'on %s revokes its token and ends by that signal',
    async (platform) => {
      await using sandbox = await KopoKopoSandbox.start();
      await using app = childOf(sandbox, { platform, script: appOfNest11 });
      await app.ready();

      app.send('SIGTERM');

      await expectEnd(app, sandbox, { signal: 'SIGTERM' });
      expect(app.count(REVOKED)).toBe(1);
      expect(sandbox.liveTokens).toHaveLength(0);
    },
  );

  it('gives a payout from a job its answer before it revokes its token', async () => {
    await using sandbox = await KopoKopoSandbox.start({ api: 'scripted' });
    sandbox.failNext('api', { kind: 'hang' });
    const settings = {
      platform: 'worker',
      job: true,
      script: appOfNest11,
    } as const;
    await using app = childOf(sandbox, settings);
    await app.ready();
    await sandbox.waitForRequest('api');

    app.send('SIGTERM');
    await app.said(/Waiting for 1 call to Kopo Kopo/);
    sandbox.release();

    await expectEnd(app, sandbox, { signal: 'SIGTERM' });
    expect(app.count('JOB 201')).toBe(1);
    expect(sandbox.liveTokens).toHaveLength(0);
  });

  it('revokes its token although a shutdown hook of another provider throws', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    // A busy machine takes its time to start the process that revokes.
    const shutdown = { timeout: 30_000 };
    const settings = {
      platform: 'worker',
      throws: true,
      script: appOfNest11,
    } as const;
    await using app = childOf(sandbox, settings, { shutdown });
    await app.ready();

    app.send('SIGTERM');

    // Nest 11 exits at once, without any further hook.
    await expectEnd(app, sandbox, { code: 1 });
    expect(app.count(REVOKED)).toBe(1);
    expect(sandbox.liveTokens).toHaveLength(0);
  });

  it('and says so where it could not, when such a hook throws', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    sandbox.failAlways('revoke', { kind: 'status', status: 500 });
    const settings = {
      platform: 'worker',
      throws: true,
      script: appOfNest11,
    } as const;
    await using app = childOf(sandbox, settings);
    await app.ready();

    app.send('SIGTERM');

    await expectEnd(app, sandbox, { code: 1 });
    expect(app.log).toContain('another shutdown hook failed');
  });

  it.each<{ endpoint: string; fault: SandboxFault; code: string }>([
    {
      endpoint: 'hangs',
      fault: { kind: 'hang' },
      code: 'KOPOKOPO_TIMEOUT',
    },
    {
      endpoint: 'answers 403',
      fault: { kind: 'status', status: 403 },
      code: 'KOPOKOPO_PERMISSION',
    },
  ])(
    'ends by that signal too when the revocation endpoint $endpoint',
    async ({ fault, code }) => {
      await using sandbox = await KopoKopoSandbox.start();
      const platform = 'express';
      const shutdown = { timeout: 500 };
      await using app = childOf(
        sandbox,
        { platform, script: appOfNest11 },
        { shutdown },
      );
      await app.ready();
      sandbox.failAlways('revoke', fault);

      app.send('SIGTERM');

      await expectEnd(app, sandbox, { signal: 'SIGTERM' }, shutdown.timeout);
      expect(app.count(code)).toBe(1);
      expect(sandbox.liveTokens).toHaveLength(1);
    },
  );
});

describe('the entries', () => {
  async function load(
    consumer: PackedConsumer,
  ): Promise<Record<string, LoadedEntry>> {
    const args = ['.', './config', './redis', './bullmq', './testing'];
    const said = await consumer.run(fixture('entries.mjs'), { args });
    return JSON.parse(said) as Record<string, LoadedEntry>;
  }

  it('load in both formats, with the same names', async () => {
    const loaded = await load(complete);
    const expected = {
      '.': ['KopoKopoModule', 'TokenService', 'getTokenServiceToken'],
      './config': ['kopokopoConfig'],
      './redis': ['RedisStore', 'RedisTokenStore'],
      './bullmq': ['BullMqDeliveryQueue'],
      './testing': ['KopoKopoSandbox', 'tokenStoreContract'],
    };
    for (const [entry, names] of Object.entries(expected)) {
      const { esm, cjs, formats } = loaded[entry]!;
      expect(esm).toEqual(expect.arrayContaining(names));
      expect(cjs.filter((name) => name !== '__esModule')).toEqual(esm);
      expect(formats).toEqual(['esm', 'cjs']);
    }
  });

  it('other than ./redis and ./bullmq load where ioredis and bullmq are absent', async () => {
    const loaded = await load(consumers[12]);
    for (const entry of ['.', './config', './testing']) {
      expect(loaded[entry]).not.toHaveProperty('error');
    }
    expect(loaded['./redis']?.message).toContain('ioredis');
    expect(loaded['./bullmq']?.message).toContain('bullmq');
  });

  it('other than ./config and ./redis load where no optional peer is there', async () => {
    const loaded = await load(consumers[11]);
    expect(loaded['.']).not.toHaveProperty('error');
    expect(loaded['./testing']).not.toHaveProperty('error');
    expect(loaded['./config']?.message).toContain('@nestjs/config');
    expect(loaded['./redis']?.message).toContain('ioredis');
  });

  it('turn KOPOKOPO_REDIS_URL into a store, or say what to install', async () => {
    const env = { KOPOKOPO_REDIS_URL: 'redis://127.0.0.1:1' };
    const script = fixture('redis-url.mjs');
    const said = async (consumer: PackedConsumer) =>
      JSON.parse(await consumer.run(script, { env })) as string[];
    const advice = expect.stringContaining(
      'install ioredis, version 5.3 or later',
    );

    expect(await said(complete)).toEqual(
      Array(2).fill('a store whose lease is a function'),
    );
    expect(await said(consumers[12])).toEqual([advice, advice]);
  });

  it('know the errors of each other when a process loads both formats', async () => {
    const said = await consumers[12].run(fixture('both-formats.mjs'));
    expect(JSON.parse(said)).toEqual({ twice: true, known: true });
  });
});

describe('the types', () => {
  it.each([
    {
      having: 'Nest 12 with every optional peer, by TypeScript 7',
      typescript: 7,
      project: () => complete,
      files: [
        'consumer.mts',
        'consumer.cts',
        'config.mts',
        'config.cts',
        'exact.mts',
        'exact.cts',
        'redis.mts',
        'redis.cts',
        'client.mts',
        'client.cts',
      ],
      libraries: true,
    },
    {
      having: 'Nest 11, by TypeScript 6',
      typescript: 6,
      project: () => consumers[11],
      files: ['consumer.mts', 'consumer.cts', 'client.mts', 'client.cts'],
      libraries: false,
    },
  ] as const)(
    'hold in ES modules and in CommonJS on $having',
    async ({ project, files, libraries, typescript }) => {
      const sources = files.map((name) => project().add(fixture(name)));
      expect(
        await project().typeCheck(sources, { libraries, typescript }),
      ).toBe('');
    },
    60_000,
  );
});
