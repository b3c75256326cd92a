import { isLoopback } from '../../config/base-url.js';
import {
  checkShillings,
  type ShillingLimits,
  shillingsOf,
} from '../../values/shillings.js';
import {
  isKenyanMobile,
  normalizePhoneNumber,
  PHONE_FORM,
} from '../../values/phone-number.js';
import { eastAfricaTime, instantOf } from '../../values/instants.js';
import type { FieldRule, Problem } from './field.decorator.js';

/** No field of Kopo Kopo takes a longer text. */
const LONGEST = 500;

/** Pairs of metadata that Kopo Kopo keeps (API page, §3). */
export const MOST_PAIRS = 5;

/** Nothing is wrong. */
const NONE: Problem[] = [];

function rule(
  check: (value: unknown, owner?: object) => string | undefined,
  read: (value: never) => unknown = (value) => value,
): FieldRule {
  return {
    problems: (value, owner) => {
      const text = value == null ? 'is missing' : check(value, owner);
      return text === undefined ? NONE : [{ path: '', text }];
    },
    read: read as (value: unknown) => unknown,
  };
}

/** The field may be left out, or null. @internal */
export function optional({ problems, read }: FieldRule): FieldRule {
  return {
    problems: (value, owner) => (value == null ? NONE : problems(value, owner)),
    read,
  };
}

/** A text that is not blank; blanks at its ends are taken off. @internal */
export function text(longest = LONGEST): FieldRule {
  return rule(
    (value) => textProblem(value, longest),
    (value: string) => value.trim(),
  );
}

/** A text for people, sent as it is. @internal */
export function freeText(longest = LONGEST): FieldRule {
  return rule((value) => textProblem(value, longest));
}

function textProblem(value: unknown, longest: number): string | undefined {
  if (typeof value !== 'string') return 'must be a text';
  if (value.trim() === '') return 'must not be blank';
  return value.length > longest
    ? `must not be longer than ${longest} characters`
    : undefined;
}

/** One of these words. @internal */
export function oneOf(...words: string[]): FieldRule {
  return rule((value) =>
    words.includes(value as string)
      ? undefined
      : `must be one of ${words.join(', ')}`,
  );
}

/** @internal */
export function flag(): FieldRule {
  return rule((value) =>
    typeof value === 'boolean' ? undefined : 'must be true or false',
  );
}

/** @internal */
export function mobile(): FieldRule {
  return rule(
    (value) => (isKenyanMobile(value) ? undefined : PHONE_FORM),
    normalizePhoneNumber,
  );
}

/** Whole shillings; read as a number. @internal */
export function shillings(limits: ShillingLimits = {}): FieldRule {
  return rule((value) => checkShillings(value, limits), shillingsOf);
}

/** A `Date`, or a text of one; read as the text that Kopo Kopo takes. @internal */
export function time(): FieldRule {
  return rule(
    (value) =>
      instantOf(value) === undefined
        ? 'must be a Date or a text such as 2026-08-01T09:15:00+03:00'
        : undefined,
    (value) => eastAfricaTime(instantOf(value)!),
  );
}

/** https, or http on this machine, which only a sandbox can reach. @internal */
export function callbackUrl(): FieldRule {
  return rule(
    (value) => {
      const problem =
        'must be a URL with https, such as https://shop.example/kopokopo';
      if (typeof value !== 'string') return problem;
      const url = urlOf(value.trim());
      if (url === undefined) return problem;
      const { protocol, hostname, username, password } = url;
      if (username !== '' || password !== '') {
        return 'must not hold a user name or a password';
      }
      const isLocal = protocol === 'http:' && isLoopback(hostname);
      return protocol === 'https:' || isLocal ? undefined : problem;
    },
    (value: string) => value.trim(),
  );
}

function urlOf(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** At most five pairs, which Kopo Kopo gives back as they are. @internal */
export function metadata(): FieldRule {
  return {
    problems: metadataProblems,
    read: (value) => ({ ...(value as object) }),
  };
}

function metadataProblems(value: unknown, owner?: object): Problem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ path: '', text: 'must be an object' }];
  }
  const names = new Set(Object.keys(value));
  const wrong = Object.entries(value)
    .filter(([, one]) => !isPlain(one))
    .map(([name]) => ({
      path: `.${name}`,
      text: 'must be a text, a number or true or false',
    }));
  const { reference } = { ...owner } as { reference?: unknown };
  const most =
    reference == null || names.has('reference') ? MOST_PAIRS : MOST_PAIRS - 1;
  if (names.size > most) {
    const why = most < MOST_PAIRS ? ' beside the reference' : '';
    wrong.push({ path: '', text: `must have at most ${most} pairs${why}` });
  }
  const own = (value as { reference?: unknown }).reference;
  if (reference != null && own !== undefined && own !== reference) {
    wrong.push({ path: '.reference', text: 'differs from reference' });
  }
  return wrong;
}

function isPlain(value: unknown): boolean {
  return (
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}
