import { storeProblem } from '../token/store/store-problem.js';
import { replyOf } from './redis-reply.js';

/** The error of ioredis holds its command, the password of `AUTH` for one. @internal */
export function outOfReach(error: unknown): Error {
  const code = storeProblem({ ...(error as object), message: replyOf(error) });
  const why = code === undefined ? '' : ` (${code})`;
  return Object.assign(new Error(`Redis is out of reach${why}.`), { code });
}
