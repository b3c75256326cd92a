// Makes one file of each app that specs start in processes of their own, with all that it imports: it
// starts in half the time, and specs start more than a hundred. They run the sources where this has not run.
// `node scripts/bundle-fixtures.mjs <folder> <script>` does so for another script.
import { join, parse } from 'node:path';
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
  'test/fleet/support/pod.mjs': true,
  'test/e2e/fixtures/app.mjs': true,
  // esbuild would mix up the order in which it imports.
  'dist/sample-app/main.js': false,
};

// What CommonJS requires of Node is not in the file.
const require = `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`;

const [folder = 'dist/fixtures', other] = process.argv.slice(2);
const scripts = other === undefined ? FIXTURES : { [other]: false };

for (const [script, splitting] of Object.entries(scripts)) {
  await build({
    entryPoints: [script],
    outdir: join(folder, parse(script).name),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting,
    minify: true,
    lineLimit: 160,
    keepNames: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ABSENT,
    banner: { js: require },
    logLevel: 'warning',
  });
}
