// A bundler lets a package be absent where it is required right in a `try`. tsc wraps what becomes of
// `import('ioredis')` in a function of its own, which has none.
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = 'dist/cjs/env/kopokopo.config.js';

let code = readFileSync(FILE, 'utf8');
for (const name of ['ioredis', 'bullmq']) {
  const wrapped = new RegExp(
    String.raw`Promise\.resolve\(\)\.then\(\(\) => (__importStar\(require\('${name}'\)\))\)`,
  );
  if (!wrapped.test(code)) throw new Error(`${FILE} requires no ${name}.`);
  code = code.replace(wrapped, '$1');
}
writeFileSync(FILE, code);
