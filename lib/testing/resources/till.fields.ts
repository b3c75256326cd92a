import { isBlank, requiredText } from './request.fields.js';
import { refuse } from './request.refusal.js';
import type { JsonObject, ResourceRequest } from './resource.types.js';

/** A till of this application, `K` and digits or digits alone. @internal */
export function ownTill(value: unknown, request: ResourceRequest): string {
  const till = requiredText(value, 'Till number');
  return isOwn(till, request) ? till : refuse('Till number is invalid');
}

/** The till that a payout is taken from; without one, the available balance. @internal */
export function sourceTill(
  value: unknown,
  request: ResourceRequest,
): string | null {
  if (isBlank(value)) {
    return null;
  }
  const till = String(value);
  return isOwn(till, request) ? till : refuse('Source identifier is invalid');
}

/** What a subscription or a history covers. @internal */
export interface Scope {
  readonly scope: 'till' | 'company';
  /** The till; null for the company. */
  readonly reference: string | null;
}

/** `scope` and `scope_reference`; a reference beside `company` is not looked at. @internal */
export function scopeOf(request: ResourceRequest): Scope {
  const { scope, scope_reference: reference }: JsonObject = request.body;
  if (requiredText(scope, 'Scope') === 'company') {
    return { scope: 'company', reference: null };
  }
  if (scope !== 'till') {
    refuse('Scope is not included in the list');
  }
  if (isBlank(reference) || !isOwn(String(reference), request)) {
    refuse('Invalid scope reference');
  }
  return { scope: 'till', reference: String(reference) };
}

function isOwn(till: string, { application }: ResourceRequest): boolean {
  return application.tills
    ? application.tills.includes(till)
    : /^K?\d+$/.test(till);
}
