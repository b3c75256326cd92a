import { isLoopback } from '../loopback.address.js';
import { refuse } from './request.refusal.js';
import type { JsonObject, ResourceRequest } from './resource.types.js';

/** The members of a nested object; none if it is missing or no object. @internal */
export function membersOf(value: unknown): JsonObject {
  return value instanceof Object && !Array.isArray(value)
    ? (value as JsonObject)
    : {};
}

/** Whether a field is missing, null or blank text. @internal */
export function isBlank(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (typeof value === 'string' && value.trim() === '')
  );
}

/** Text that must be there; a number is read as its digits. @internal */
export function requiredText(value: unknown, name: string): string {
  if (isBlank(value)) {
    refuse(`${name} can't be blank`);
  }
  if (typeof value !== 'string' && typeof value !== 'number') {
    refuse(`${name} is invalid`);
  }
  return String(value);
}

/** Text that may be missing, null or blank. @internal */
export function optionalText(value: unknown, name: string): string | null {
  return isBlank(value) ? null : requiredText(value, name);
}

/** One of several words. @internal */
export function oneOf(
  value: unknown,
  name: string,
  words: readonly string[],
): string {
  const word = requiredText(value, name);
  if (!words.includes(word)) {
    refuse(`${name} is not included in the list`);
  }
  return word;
}

/** Whole shillings as a number or as numeric text. @internal */
export function wholeShillings(value: unknown, name: string): number {
  const text = requiredText(value, name);
  if (!/^-?\d+(\.\d+)?$/.test(text)) {
    refuse(`${name} is not a number`);
  }
  const shillings = Number(text);
  if (!Number.isSafeInteger(shillings)) {
    refuse(`${name} must be an integer`);
  }
  if (shillings < 1) {
    refuse(`${name} must be greater than or equal to 1`);
  }
  return shillings;
}

/** The one currency there is. @internal */
export function kenyanShillings(value: unknown): 'KES' {
  if (requiredText(value, 'Currency') !== 'KES') {
    refuse('Currency is invalid');
  }
  return 'KES';
}

/** A time in ISO 8601 with its offset. @internal */
export function timeOf(value: unknown, name: string): Date {
  const text = requiredText(value, name);
  const time = new Date(text);
  if (!/T.*(Z|[+-]\d{2}:?\d{2})$/.test(text) || Number.isNaN(time.getTime())) {
    refuse(`${name} is invalid`);
  }
  return time;
}

/** At most five pairs. @internal */
export function metadataOf({ body }: ResourceRequest): JsonObject | null {
  const { metadata } = body;
  if (isBlank(metadata)) {
    return null;
  }
  if (!(metadata instanceof Object) || Array.isArray(metadata)) {
    refuse('Metadata is invalid');
  }
  if (Object.keys(metadata).length > 5) {
    refuse('Metadata is too long (maximum is 5 pairs)');
  }
  return metadata as JsonObject;
}

/** The links of an answer; the callback URL stands under `_links` of the request. @internal */
export function linksOf(request: ResourceRequest): JsonObject {
  const { callback_url: url } = membersOf(request.body._links);
  return {
    callback_url: deliveryUrl(url, 'Callback url', request),
    self: request.self,
  };
}

/** Where Kopo Kopo may send something: https, or http where this sandbox sends to. @internal */
export function deliveryUrl(
  value: unknown,
  name: string,
  { targets }: ResourceRequest,
): string {
  const text = requiredText(value, name);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain =
    url?.protocol === 'http:' &&
    (targets === 'any' || isLoopback(url.hostname));
  if (!plain && url?.protocol !== 'https:') {
    refuse(`${name} is invalid`);
  }
  return text;
}
