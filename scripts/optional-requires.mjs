// A bundler lets a package be absent where it is required right in a `try`. tsc wraps what becomes of
// `import('ioredis')` in a function of its own, which has none.
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = 'dist/cjs/env/kopokopo.config.js';
const WRAPPED =
  /Promise\.resolve\(\)\.then\(\(\) => (__importStar\(require\('ioredis'\)\))\)/;

const code = readFileSync(FILE, 'utf8');
if (!WRAPPED.test(code)) throw new Error(`${FILE} requires no ioredis.`);
writeFileSync(FILE, code.replace(WRAPPED, '$1'));
