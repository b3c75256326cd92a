import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SHORT_LIVED } from './short-lived.js';

const run = promisify(execFile);

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NEST11 = join(ROOT, 'test', 'nest11');

const FRAMEWORK = [
  '@nestjs/axios',
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-express',
  '@nestjs/platform-fastify',
];
const OTHERS = [
  '@types/node',
  'axios',
  'class-validator',
  'reflect-metadata',
  'rxjs',
];

/** What `npm publish` would send, and folders in which a user has installed it. */
export class PackedPackage {
  /** Paths in the tarball. */
  files: string[] = [];

  private constructor(private readonly folder: string) {}

  static async pack(): Promise<PackedPackage> {
    const packed = new PackedPackage(mkdtempSync(join(tmpdir(), 'kopokopo-')));
    const { folder } = packed;
    const { name, version } = packed.manifest(ROOT);
    const tarball = `${name}-${version}.tgz`;
    // `npm run build:fixtures` has packed it once for all specs.
    const made = join(ROOT, 'dist', 'fixtures', tarball);
    if (existsSync(made)) {
      cpSync(made, join(folder, tarball));
    } else {
      const into = ['--pack-destination', folder];
      await run('npm', ['pack', '--ignore-scripts', '--silent', ...into], {
        cwd: ROOT,
      });
    }
    const { stdout } = await run('tar', ['-tzf', tarball], { cwd: folder });
    await run('tar', ['-xzf', tarball], { cwd: folder });
    packed.files = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/^package\//, ''));
    return packed;
  }

  /** What a folder without `dist` would send; its build is a stand-in that takes no time. */
  static async filesOfFreshClone(): Promise<string[]> {
    const folder = mkdtempSync(join(tmpdir(), 'kopokopo-'));
    const manifest = JSON.parse(
      readFileSync(join(ROOT, 'package.json'), 'utf8'),
    ) as { scripts: Record<string, string>; workspaces?: string[] };
    manifest.scripts.build =
      'mkdir -p dist/esm && echo built > dist/esm/index.js';
    delete manifest.workspaces;
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    const pack = ['pack', '--dry-run', '--json', '--silent'];
    const { stdout } = await run('npm', pack, { cwd: folder }).finally(() =>
      rmSync(folder, { recursive: true, force: true }),
    );
    const json = stdout.slice(stdout.search(/^\[/m));
    const [packed] = JSON.parse(json) as { files: { path: string }[] }[];
    return packed!.files.map(({ path }) => path);
  }

  /** Text of a packed file. */
  read(path: string): string {
    return readFileSync(join(this.folder, 'package', path), 'utf8');
  }

  /** A project that has the package, its peers and these optional ones; nothing is fetched. */
  consumer(nest: 11 | 12, optional: string[] = []): PackedConsumer {
    const folder = mkdtempSync(join(this.folder, `nest${nest}-`));
    const modules = join(folder, 'node_modules');
    cpSync(join(this.folder, 'package'), join(modules, 'nestjs-kopokopo'), {
      recursive: true,
    });
    // Each finds its own dependencies from where its link leads to.
    const host = nest === 11 ? NEST11 : ROOT;
    for (const name of FRAMEWORK) link(name, host, modules);
    for (const name of [...OTHERS, ...optional]) link(name, ROOT, modules);
    return new PackedConsumer(folder);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private manifest(folder: string): { name: string; version: string } {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      name: string;
      version: string;
    };
  }
}

/** A project of a user who has installed the package. */
export class PackedConsumer {
  constructor(readonly folder: string) {}

  /** Puts a copy of this file beside the project's node_modules. */
  add(file: string): string {
    const copy = join(this.folder, basename(file));
    cpSync(file, copy);
    return copy;
  }

  /** One file of this script and all that it imports here, which starts in less time. */
  async bundle(file: string): Promise<string> {
    const folder = join(this.folder, 'bundle');
    const args = [join(ROOT, 'scripts', 'bundle-fixtures.mjs'), folder];
    await run(process.execPath, [...args, this.add(file)]);
    const { name } = parse(file);
    return join(folder, name, `${name}.mjs`);
  }

  /** Runs a copy of this script in the project and gives what it said; rejects unless it exits with 0. */
  async run(
    script: string,
    { args = [], env = {} }: { args?: string[]; env?: NodeJS.ProcessEnv } = {},
  ): Promise<string> {
    const { stdout } = await run(
      process.execPath,
      [...SHORT_LIVED, this.add(script), ...args],
      { cwd: this.folder, env: { PATH: process.env.PATH, ...env } },
    );
    return stdout;
  }

  /** What a compiler of this major has to say of these files, in strict mode; with `libraries`, also of all types that they import. */
  async typeCheck(
    files: string[],
    { libraries = false, typescript = 7 as 6 | 7 } = {},
  ): Promise<string> {
    const config = {
      compilerOptions: {
        module: 'nodenext',
        target: 'es2023',
        strict: true,
        noEmit: true,
        skipLibCheck: !libraries,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        types: ['node'],
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
      },
      files,
    };
    const project = join(this.folder, 'tsconfig.json');
    writeFileSync(project, JSON.stringify(config));
    const compiler = typescript === 7 ? 'typescript7' : 'typescript';
    const tsc = join(ROOT, 'node_modules', compiler, 'bin', 'tsc');
    const args = [tsc, '--project', project, '--pretty', 'false'];
    return run(process.execPath, args, { cwd: this.folder }).then(
      ({ stdout }) => stdout,
      ({ stdout }: { stdout: string }) => stdout,
    );
  }
}

function link(name: string, host: string, modules: string): void {
  const path = join(modules, name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(join(host, 'node_modules', name), path, 'junction');
}
