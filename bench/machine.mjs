/** What the numbers were measured on. */
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';

export function machine() {
  const [{ model }, ...others] = cpus();
  return `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${others.length + 1} × ${model.trim()}`;
}

/** Title and versions of a contestant, for the table of contestants. */
export async function versions({ packages }) {
  const read = async (name) => {
    const path = `./node_modules/${name}/package.json`;
    const { version } = await json(path);
    return `${name} ${version}`;
  };
  if (packages.length > 0)
    return (await Promise.all(packages.map(read))).join(', ');
  return `nestjs-kopokopo ${(await json('../package.json')).version}`;
}

export async function json(path) {
  return JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8'));
}
