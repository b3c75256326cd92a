/** A promise that was not kept. */
export class Violation extends Error {
  constructor(
    readonly invariant: string,
    detail: string,
  ) {
    super(`${invariant}: ${detail}`);
  }
}

/** The promises, as the issue names them. */
export const INVARIANTS = {
  served: 'no caller fails while a valid token is held',
  usable: 'no expired and no rejected token is handed out',
  single: 'at most one token request of the cache is in flight',
  bounded: 'upstream calls are bounded by what the faults allow',
  budget: 'no caller waits longer than its budget',
  prompt: 'nobody waits while a valid token is held, until its last seconds',
  freed: 'an abort frees its caller',
  shared: 'callers that wait together share one outcome',
  closed: 'after close nothing is left',
  handled: 'no unhandled rejection, and every rejection is a KopoKopoError',
  renewed: 'a renewal that is due is begun, whether anyone asks or not',
  given: 'superseded tokens are given back, and never the one in use',
  model: 'the cache holds the token that it should hold',
} as const;
