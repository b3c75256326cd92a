import type { Envelope } from './envelope.js';
import type { Attributes } from './attributes.js';
import type { RequestAnswer, ResourceAnswer } from './resource-answer.js';

/** Without the fields that have no value; frozen. @internal */
export function answer<T extends object>(fields: {
  [K in keyof T]: T[K] | undefined;
}): Readonly<T> {
  for (const name of Object.keys(fields) as (keyof T)[]) {
    if (fields[name] === undefined) return Object.freeze(defined(fields)) as T;
  }
  return Object.freeze(fields) as T;
}

function defined(fields: object): object {
  const known: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const value = (fields as Record<string, unknown>)[name];
    if (value !== undefined) known[name] = value;
  }
  return known;
}

/** The parts that every resource has. `raw` is made last, when all is read. @internal */
export function resourceParts({
  id,
  type,
  attributes,
}: Envelope): Omit<ResourceAnswer, 'raw'> {
  // Every resource has links, of which the module makes its own.
  attributes.below('_links');
  return { id, type, status: attributes.text('status') ?? '' };
}

/** The parts that every request has, but for those that differ. @internal */
export function requestParts(envelope: Envelope): {
  [K in Exclude<keyof RequestAnswer, 'raw' | 'isFinal' | 'failures'>]:
    RequestAnswer[K] | undefined;
} & Omit<ResourceAnswer, 'raw'> {
  const { attributes } = envelope;
  const metadata = attributes.pairs('metadata');
  return {
    ...resourceParts(envelope),
    metadata,
    reference:
      typeof metadata.reference === 'string' ? metadata.reference : undefined,
    callbackUrl: attributes.below('_links').word('callback_url'),
  };
}

/** Is it this word, in whatever case? @internal */
export function isWord(value: string | undefined, ...words: string[]): boolean {
  return words.includes((value ?? '').trim().toLowerCase());
}

/** Words for "this did not happen"; Kopo Kopo documents none (API page, §8). @internal */
export const FAILED_WORDS = [
  'failed',
  'declined',
  'rejected',
  'errored',
  'cancelled',
  'canceled',
];

/** `Mobile Wallet` and `mobile_wallet` are the same (API page, §15 #22). @internal */
export function snakeWord(word: string | undefined): string | undefined {
  return word?.trim().toLowerCase().replaceAll(/\s+/g, '_');
}

/** @internal */
export function currencyOf(attributes: Attributes): string {
  return attributes.word('currency') ?? 'KES';
}
