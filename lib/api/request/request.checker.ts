import { KopoKopoValidationError } from '../../errors/validation.error.js';
import { withoutPhoneNumbers } from '../../http/phone-numbers.js';
import { type FieldRule, fieldsOf, type Problem } from './field.decorator.js';
import { kindOf, kindProblem, type RequestKinds } from './request-kinds.js';

type RequestClass<T extends object> = new () => T;

const NO_OBJECT: Problem = { path: '', text: 'must be an object' };

const FIELDS = new WeakMap<RequestClass<object>, Map<string, FieldRule>>();

function knownFields(Class: RequestClass<object>): Map<string, FieldRule> {
  const fields = FIELDS.get(Class) ?? fieldsOf(Class);
  FIELDS.set(Class, fields);
  return fields;
}

/** What is wrong with a request, each with the path of its field. @internal */
export function problemsOf(
  Class: RequestClass<object>,
  input: unknown,
): Problem[] {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return [NO_OBJECT];
  }
  const fields = knownFields(Class);
  const values = input as Record<string, unknown>;
  const wrong: Problem[] = [];
  for (const [name, rule] of fields) {
    for (const { path, text } of rule.problems(values[name], input)) {
      wrong.push({ path: `.${name}${path}`, text });
    }
  }
  for (const name of strangersIn(Class, values, fields)) {
    const text = `is no field of a ${Class.name}; it has ${[...fields.keys()].join(', ')}`;
    wrong.push({ path: `.${name}`, text });
  }
  return wrong;
}

/** A misspelt field would be left out without a word; a class that extends the request may have more. */
function strangersIn(
  Class: RequestClass<object>,
  values: object,
  fields: Map<string, FieldRule>,
): string[] {
  if (values instanceof Class && values.constructor !== Class) return [];
  return Object.keys(values).filter((name) => !fields.has(name));
}

/** A request of known fields, as they are sent, from one without problems. @internal */
export function readRequest<T extends object>(
  Class: RequestClass<T>,
  input: object,
  defaults: Readonly<Record<string, unknown>> = {},
): T {
  const request = new Class() as Record<string, unknown>;
  for (const [name, rule] of knownFields(Class)) {
    const given = (input as Record<string, unknown>)[name];
    const value = given ?? defaults[name];
    request[name] = value == null ? undefined : rule.read(value);
  }
  return request as T;
}

/** A class of requests, or several of which their `type` names one. @internal */
export interface RequestShape {
  /** What it is called in an error. */
  name: string;
  classes: (new () => object) | RequestKinds;
  /** Fields that this call can't do without, each with what is wrong where it is left out. */
  needed?: Readonly<Record<string, string>> | undefined;
  /** Values of fields that are left out. */
  defaults?: Readonly<Record<string, unknown>>;
}

/**
 * Checks a request, a plain object or an instance of its class, before anything is sent.
 *
 * @throws KopoKopoValidationError that tells all faults: one sentence a field in `messages`
 * @internal
 */
export function checkRequest<T extends object>(
  { name, classes, needed = {}, defaults = {} }: RequestShape,
  input: unknown,
  moreProblems: (request: T) => Problem[] = () => [],
): T {
  const Class =
    typeof classes === 'function' ? classes : kindOf(classes, input);
  const isObject = typeof input === 'object' && input !== null;
  if (Class === undefined) {
    const kinds = classes as RequestKinds;
    throw refusal(name, isObject ? [kindProblem(kinds)] : [NO_OBJECT]);
  }
  const values = copyOf(input);
  const problems = [
    ...problemsOf(Class, values),
    ...missing(Class, values, needed),
  ];
  if (problems.length > 0) throw refusal(name, problems);
  const request = readRequest(Class, values as object, defaults) as T;
  const more = moreProblems(request);
  if (more.length > 0) throw refusal(name, more);
  return request;
}

function missing(
  Class: RequestClass<object>,
  values: unknown,
  needed: Readonly<Record<string, string>>,
): Problem[] {
  if (!isGiven(values)) return [];
  return Object.entries(needed)
    .filter(([name]) => knownFields(Class).has(name) && values[name] == null)
    .map(([name, text]) => ({ path: `.${name}`, text }));
}

function isGiven(values: unknown): values is Record<string, unknown> {
  return (
    typeof values === 'object' && values !== null && !Array.isArray(values)
  );
}

/** What is checked is what is sent, though a getter gave something else each time. */
function copyOf(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return input;
  }
  try {
    return Object.assign(
      Object.create(Object.getPrototypeOf(input) as object | null) as object,
      input,
    );
  } catch {
    throw new KopoKopoValidationError(
      'The request can not be read: one of its fields throws.',
    );
  }
}

function refusal(name: string, problems: Problem[]): KopoKopoValidationError {
  const messages = problems.map(({ path, text }) =>
    path === '' ? `The request ${text}.` : `${nameOf(path)}: ${text}.`,
  );
  return new KopoKopoValidationError(
    `The ${name} is not valid, and nothing was sent. ${messages.join(' ')}`,
    { messages },
  );
}

/** A key of the caller's own may be a phone number. */
function nameOf(path: string): string {
  return withoutPhoneNumbers(path.slice(1), [], '[redacted]');
}
