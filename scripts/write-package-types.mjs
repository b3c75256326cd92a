// Tells Node which module format each half of the build is in.
import { writeFileSync } from 'node:fs';

for (const [folder, type] of [
  ['esm', 'module'],
  ['cjs', 'commonjs'],
]) {
  writeFileSync(`dist/${folder}/package.json`, `{ "type": "${type}" }\n`);
}
