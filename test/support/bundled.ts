import { statSync } from 'node:fs';
import { join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../dist/fixtures', import.meta.url));

/**
 * The bundle of this script (`npm run build:fixtures`), which starts in half the time; the script itself
 * where there is none of it as it is now. Each build of the library removes them.
 */
export function bundled(script: string): string {
  const { name } = parse(script);
  const bundle = join(FOLDER, name, `${name}.mjs`);
  const made = statSync(bundle, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return made > statSync(script).mtimeMs ? bundle : script;
}
