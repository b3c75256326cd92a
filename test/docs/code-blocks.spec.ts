import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type PackedConsumer,
  PackedPackage,
  ROOT,
} from '../support/packed-package.js';
import { exportsOf, writeBlocks } from './code-blocks.js';
import { Document, DOCUMENTS, README } from './documents.js';

let packed: PackedPackage;
/** An app that has installed the package and all that README and guides speak of. */
let app: PackedConsumer;

beforeAll(async () => {
  packed = await PackedPackage.pack();
  app = packed.consumer(12, [
    '@jest/globals',
    '@nestjs/config',
    '@nestjs/terminus',
    '@nestjs/testing',
    'bullmq',
    'ioredis',
  ]);
  writeFileSync(join(app.folder, 'package.json'), '{ "type": "module" }');
}, 60_000);

afterAll(() => packed.remove());

function fixture(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
}

describe('the code of README and guides', () => {
  it('compiles against the packed types, each block on its own or as a named file', async () => {
    const context = exportsOf(readFileSync(fixture('context.mts'), 'utf8'));
    const shared = ['context.mts', 'jest-globals.d.mts'].map((name) =>
      app.add(fixture(name)),
    );
    const blocks = DOCUMENTS.flatMap((document) =>
      writeBlocks(document, app, context),
    );

    expect(blocks.length).toBeGreaterThan(30);
    expect(await app.typeCheck([...shared, ...blocks])).toBe('');
  }, 60_000);
});

describe('the test examples of README and testing guide', () => {
  it('pass, and end the run when an expectation of one fails', async () => {
    const files = writeBlocks(README, app, []);
    const head = readFileSync(fixture('testing-guide.head.mts'), 'utf8');
    const examples = new Document('guides/testing.md').blocks
      .map(({ code: example }) => example)
      .filter((example) => example.startsWith('it('));
    writeFileSync(
      join(app.folder, 'README-md', 'guide.spec.ts'),
      [head, ...examples].join('\n'),
    );
    expect(examples).toHaveLength(3);
    const spec = join(
      app.folder,
      files.find((path) => path.endsWith('.spec.ts'))!,
    );
    const code = readFileSync(spec, 'utf8');
    const failing = code
      .replace('toEqual([])', "toEqual(['another'])")
      .replace('toHaveLength(1)', 'toHaveLength(2)');
    expect(failing).not.toBe(code);
    writeFileSync(spec.replace('.spec.ts', '.failing.spec.ts'), failing);

    const { status, report } = await runJest(app.folder);

    expect(report.openHandles).toEqual([]);
    expect(report).toMatchObject({ numPassedTests: 9, numFailedTests: 3 });
    expect(status).toEqual([1, null]);
  }, 60_000);
});

interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  openHandles: unknown[];
}

/** Runs jest in a folder, until it ends by itself. */
async function runJest(
  folder: string,
): Promise<{ status: unknown; report: JestReport }> {
  const config = {
    rootDir: folder,
    roots: ['<rootDir>/README-md'],
    extensionsToTreatAsEsm: ['.ts'],
    moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
    transform: {
      '^.+\\.ts$': [
        join(ROOT, 'node_modules/@swc/jest'),
        JSON.parse(readFileSync(join(ROOT, '.swcrc'), 'utf8')),
      ],
    },
  };
  const output = join(folder, 'report.json');
  writeFileSync(join(folder, 'jest.config.json'), JSON.stringify(config));
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      jest,
      '--runInBand',
      '--json',
      '--config',
      'jest.config.json',
      '--outputFile',
      output,
    ],
    { cwd: folder, stdio: 'ignore', env: { PATH: process.env.PATH } },
  );
  try {
    const status: unknown = await once(child, 'close');
    return {
      status,
      report: JSON.parse(readFileSync(output, 'utf8')) as JestReport,
    };
  } finally {
    child.kill('SIGKILL');
  }
}
