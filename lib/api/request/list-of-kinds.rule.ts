import type { FieldRule, Problem } from './field.decorator.js';
import { problemsOf, readRequest } from './request.checker.js';
import { kindOf, kindProblem, type RequestKinds } from './request-kinds.js';

/** A list whose objects say by `type` of which of these classes they are. @internal */
export function listOfKinds(kinds: RequestKinds, most: number): FieldRule {
  const problemsIn = (one: unknown): Problem[] => {
    if (typeof one !== 'object' || one === null) {
      return [{ path: '', text: 'must be an object' }];
    }
    const Class = kindOf(kinds, one);
    return Class === undefined ? [kindProblem(kinds)] : problemsOf(Class, one);
  };
  return {
    problems: (value) => {
      if (!Array.isArray(value) || value.length === 0) {
        return [{ path: '', text: 'must be a list of at least one' }];
      }
      if (value.length > most) {
        return [{ path: '', text: `must be a list of at most ${most}` }];
      }
      return value.flatMap((one, index) =>
        problemsIn(one).map(({ path, text }) => ({
          path: `[${index}]${path}`,
          text,
        })),
      );
    },
    read: (value) =>
      (value as object[]).map((one) => readRequest(kindOf(kinds, one)!, one)),
  };
}
