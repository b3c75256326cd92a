// Makes one file of each app that specs start in processes of their own, with all that it imports: it
// starts in half the time, and specs start more than a hundred. They run the sources where this has not run.
// The libraries that each suite loads into a context of its own become a few files, too.
// `node scripts/bundle-fixtures.mjs <folder> <script>` makes one file of another script.
import { join, parse, resolve } from 'node:path';
import { build } from 'esbuild';

/** Never there, or not used: Nest looks for them in a `try`. */
const ABSENT = [
  'class-transformer',
  '@fastify/multipart',
  '@fastify/static',
  '@fastify/view',
  '@nestjs/microservices*',
  '@nestjs/websockets*',
];

/** Scripts that specs start, and whether what they import late stands in files of its own. */
const FIXTURES = {
  'test/api/fixtures/creator.mjs': true,
  'test/events/fixtures/queue-worker.mjs': true,
  'test/fleet/support/pod.mjs': true,
  'test/e2e/fixtures/app.mjs': true,
  // esbuild would mix up the order in which it imports.
  'dist/sample-app/main.js': false,
};

/** What test/support/library-resolver.cjs gives to the specs in place of hundreds of files. */
const LIBRARIES = [
  '@nestjs/axios',
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/testing',
  'class-validator',
  'rxjs',
  'rxjs/operators',
];

/** The ES modules of rxjs, of which esbuild leaves out what is not used; Node is given CommonJS. */
const rxjsModules = {
  name: 'rxjs-modules',
  setup(bundling) {
    bundling.onResolve({ filter: /^rxjs(\/operators)?$/ }, ({ path }) => ({
      path: resolve(
        path.replace('rxjs', 'node_modules/rxjs/dist/esm'),
        'index.js',
      ),
      sideEffects: false,
    }));
  },
};

// What CommonJS requires of Node is not in the file.
const require = `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`;

const SHARED = {
  outExtension: { '.js': '.mjs' },
  bundle: true,
  minify: true,
  lineLimit: 160,
  keepNames: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  mainFields: ['module', 'main'],
  plugins: [rxjsModules],
  banner: { js: require },
  logLevel: 'warning',
};

const [folder = 'dist/fixtures', other] = process.argv.slice(2);
const scripts = other === undefined ? FIXTURES : { [other]: false };

for (const [script, splitting] of Object.entries(scripts)) {
  await build({
    ...SHARED,
    entryPoints: [script],
    outdir: join(folder, parse(script).name),
    splitting,
    external: ABSENT,
  });
}
if (other === undefined) {
  await build({
    ...SHARED,
    entryPoints: LIBRARIES.map((name) => ({ in: name, out: name })),
    outdir: join(folder, 'libraries'),
    splitting: true,
    external: [...ABSENT, '@nestjs/platform-*', 'axios', 'reflect-metadata'],
  });
}
