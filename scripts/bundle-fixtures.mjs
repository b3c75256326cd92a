// Makes one file of each app that specs start in processes of their own, with all that it imports: it
// starts in half the time, and specs start more than a hundred. They run the sources where this has not run.
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

// What CommonJS requires of Node is not in the file.
const require = `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`;

await build({
  entryPoints: {
    pod: 'test/fleet/support/pod.mjs',
    app: 'test/e2e/fixtures/app.mjs',
  },
  outdir: 'dist/fixtures',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  keepNames: true,
  external: ABSENT,
  banner: { js: require },
  logLevel: 'warning',
});
