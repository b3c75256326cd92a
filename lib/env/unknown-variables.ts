import { Logger } from '@nestjs/common';
import type { Environment } from './environment.reader.js';
import { VARIABLES } from './variables.js';

/** Letters by which a name may be mistyped. */
const NEAR = 3;

/** What Kubernetes and Docker set by themselves for a service that is named `kopokopo`. */
const SERVICE_LINK =
  /(^|_)(SERVICE_(HOST|PORT)(_|$)|PORT(_\d+_(TCP|UDP|SCTP)|$))/;

/** Names that have been told of: several namespaces and several apps may read one environment. */
const told = new Set<string>();

/**
 * Warns once of each variable that looks like one of ours and is not read, with the name that was
 * probably meant.
 *
 * @internal
 */
export function warnOfUnknown(environment: Environment, prefix: string): void {
  const start = `${prefix}KOPOKOPO_`;
  const known = VARIABLES.map(({ name }) => start + name);
  const unknown = Object.keys(environment).filter(
    (name) => isOurs(name, start, known, environment) && !told.has(name),
  );
  if (unknown.length === 0) return;
  for (const name of unknown) told.add(name);
  const lines = unknown.map((name) => {
    const meant = nearest(name.toUpperCase(), start, known);
    return `\n- ${name}${meant === undefined ? '' : `: is ${meant} meant?`}`;
  });
  new Logger('KopoKopoConfig').warn(
    `These variables are not read, no option has such a name:${lines.join('')}`,
  );
}

function isOurs(
  name: string,
  start: string,
  known: readonly string[],
  environment: Environment,
): boolean {
  const upper = name.toUpperCase();
  if (!upper.startsWith(start) || known.includes(name)) return false;
  // Windows reads a variable by any case.
  if (known.includes(upper)) return environment[upper] !== environment[name];
  return !SERVICE_LINK.test(upper.slice(start.length));
}

function nearest(
  name: string,
  start: string,
  known: readonly string[],
): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, far: distance(name, candidate) }))
    .toSorted((a, b) => a.far - b.far);
  if (best!.far <= NEAR) return best!.candidate;
  // `SECRET` for `CLIENT_SECRET`, `ENV` for `ENVIRONMENT`.
  const part = name.slice(start.length);
  if (part.length < 2) return undefined;
  return known.find((candidate) =>
    candidate.slice(start.length).includes(part),
  );
}

/** Letters to add, leave out or change (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (const [j, against] of [...other].entries()) {
      const change = row[j]! + (letter === against ? 0 : 1);
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, change));
    }
    row = next;
  }
  return row.at(-1)!;
}
