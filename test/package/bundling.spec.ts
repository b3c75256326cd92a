import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type PackedConsumer,
  PackedPackage,
} from '../support/packed-package.js';

let packed: PackedPackage;
let without: PackedConsumer;
let having: PackedConsumer;

beforeAll(async () => {
  packed = await PackedPackage.pack();
  without = packed.consumer(12, ['@nestjs/config']);
  having = packed.consumer(12, ['@nestjs/config', 'ioredis']);
});

afterAll(() => packed.remove());

/** Bundles the app, as this format, with this package in it and Nest beside it; gives the file. */
async function bundle(
  project: PackedConsumer,
  { source, format }: { source: string; format: 'esm' | 'cjs' },
): Promise<string> {
  const fixture = new URL(`./fixtures/${source}`, import.meta.url);
  const outfile = join(
    project.folder,
    'out',
    `bundle.${format === 'esm' ? 'mjs' : 'cjs'}`,
  );
  const { errors } = await build({
    absWorkingDir: project.folder,
    entryPoints: [project.add(fileURLToPath(fixture))],
    external: ['@nestjs/*', 'axios', 'class-validator', 'reflect-metadata'],
    bundle: true,
    platform: 'node',
    format,
    outfile,
    logLevel: 'silent',
    // What esbuild leaves of `require` in an ES module.
    banner:
      format === 'esm'
        ? {
            js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
          }
        : {},
  });
  expect(errors).toEqual([]);
  return outfile;
}

describe('A bundle of an app that has no ioredis', () => {
  const ADVICE =
    'KOPOKOPO_REDIS_URL is set and the package ioredis can’t be loaded; install ioredis, version 5.3 or later.';
  const CREDENTIALS = {
    KOPOKOPO_ENVIRONMENT: 'sandbox',
    KOPOKOPO_CLIENT_ID: 'id',
    KOPOKOPO_CLIENT_SECRET: 'secret',
  };

  it.each([
    { source: 'bundled.mjs', format: 'esm' },
    { source: 'bundled.mjs', format: 'cjs' },
    { source: 'bundled.cjs', format: 'cjs' },
  ] as const)(
    'of $source as $format starts, and says what to install where KOPOKOPO_REDIS_URL asks for it',
    async (what) => {
      const poor = await bundle(without, what);
      expect(await without.run(poor, { env: CREDENTIALS })).toBe(
        `function function undefined ${ADVICE}`,
      );
      const rich = await bundle(having, what);
      expect(await having.run(rich, { env: CREDENTIALS })).toBe(
        'function function undefined function',
      );
    },
    60_000,
  );
});
