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

/** The promises of a fleet with a store. */
export const FLEET_INVARIANTS = {
  once: 'the fleet asks for one token a life, while its store answers and nothing goes wrong',
  spared:
    'no token is revoked that a living member holds and has not rejected, while the store answers it',
  cleared:
    'every retired token is revoked in the end, and the last one out leaves none',
  available:
    'no caller fails because of the store, and it adds no more than its step limits',
  usable: 'no pod hands out a token that has expired or that it has rejected',
  handled: 'no unhandled rejection, and every rejection is a KopoKopoError',
  closed: 'after its stop nothing of a pod is left',
  converged: 'once the store answers all living pods hold one token',
} as const;
