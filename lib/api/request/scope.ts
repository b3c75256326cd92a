import type { Problem } from './field.decorator.js';

/** Whose transactions: those of one till, or of all. @publicApi */
export type KopoKopoScope = 'till' | 'company';

/** What has a scope. @internal */
export interface Scoped {
  scope: KopoKopoScope;
  scopeReference?: string | undefined;
}

/** A till has a number, and the company has none (API page, §6 and §13). @internal */
export function scopeProblems({ scope, scopeReference }: Scoped): Problem[] {
  const path = '.scopeReference';
  if (scope === 'till') {
    return scopeReference === undefined
      ? [{ path, text: 'is missing: the number of the till' }]
      : [];
  }
  return scopeReference === undefined
    ? []
    : [{ path, text: 'must be left out where the scope is company' }];
}
