import type { Problem } from './field.decorator.js';

/** Classes of requests by the word that their `type` has. @internal */
export type RequestKinds = Readonly<Record<string, new () => object>>;

/** The class that the `type` of a value names. @internal */
export function kindOf(
  kinds: RequestKinds,
  value: unknown,
): (new () => object) | undefined {
  const { type } = { ...(value as { type?: unknown } | null) };
  return typeof type === 'string' && Object.hasOwn(kinds, type)
    ? kinds[type]
    : undefined;
}

/** What is wrong with a value whose `type` names no class. @internal */
export function kindProblem(kinds: RequestKinds): Problem {
  const words = Object.keys(kinds).join(', ');
  return { path: '.type', text: `must be one of ${words}` };
}
