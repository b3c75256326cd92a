import { KopoKopoReferenceError } from '../../errors/reference.error.js';

/** The call that was not sent. */
export interface RefusedCall {
  /** Kopo Kopo's word for the kind of request. */
  type: string;
  path: string;
}

/** The reference stands for something else. @internal */
export function usedForAnother({
  type,
  path,
}: RefusedCall): KopoKopoReferenceError {
  return new KopoKopoReferenceError(
    `A ${type} with this reference and other content was asked for before: this one was not sent. Use a reference of its own for each request.`,
    { method: 'POST', path },
  );
}

/** The request may have been accepted. @internal */
export function mayBeAccepted({
  type,
  path,
}: RefusedCall): KopoKopoReferenceError {
  return new KopoKopoReferenceError(
    `A ${type} with this reference may have been accepted before, so it is not sent again. ${lookFor(type)}`,
    { outcome: 'unknown', method: 'POST', path },
  );
}

/** It can't be known. @internal */
export function storeAway({ type, path }: RefusedCall): KopoKopoReferenceError {
  return new KopoKopoReferenceError(
    `The store is out of reach, so that nobody knows whether a ${type} with this reference was asked for before: it was not sent. Try again later, or set journal to best-effort.`,
    { retryable: true, method: 'POST', path },
  );
}

/** Kopo Kopo has a list of what came in, and none of what was sent (API page, §13). */
function lookFor(type: string): string {
  if (type === 'webhook_subscription') {
    return 'See whether its events come; if they do not, create it by create().';
  }
  const here =
    type === 'incoming_payment'
      ? 'Its result settles it when it comes; KopoKopoResults.reconcile() finds a payment that came in.'
      : "Its result settles it when it comes; until then look in Kopo Kopo's dashboard.";
  return `${here} Only when you are sure that it was not carried out, ask for it with a new reference.`;
}
