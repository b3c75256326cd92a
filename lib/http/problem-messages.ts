/** Members of an error body that say what was wrong, the most telling first (API page, §3). */
const TELLING = [
  'error_message',
  'errors',
  'error_description',
  'error',
  'message',
];

/** Members of one entry of a list of errors that hold its text, and those that name its field. */
const TEXTS = ['message', 'error_message', 'detail', 'description', 'title'];
const FIELDS = ['field', 'attribute', 'param', 'name'];

/** What a server nests further is an attack, not a message. */
const DEEPEST = 5;

/** The name under which Rails puts what belongs to no field. */
const WHOLE = 'base';

/** What is called a field, not a sentence. */
const FIELD_NAME = /^[\w.[\]-]{1,64}$/;

/**
 * The messages of an error body: texts, lists of texts, texts by field (`{"phone_number": ["is
 * invalid"]}` says "phone_number is invalid"), and lists of objects with a text and a field.
 *
 * @internal
 */
export function messagesIn(members: Record<string, unknown>): string[] {
  for (const name of TELLING) {
    const found = texts(members[name], [], 0);
    if (found.length > 0) return found;
  }
  return [];
}

function texts(value: unknown, fields: string[], depth: number): string[] {
  if (typeof value === 'string') {
    return value.trim() === '' ? [] : [[...fields, value].join(' ')];
  }
  if (typeof value !== 'object' || value === null || depth >= DEEPEST) {
    return [];
  }
  if (Array.isArray(value)) {
    return value.flatMap((entry) => texts(entry, fields, depth + 1));
  }
  const members = value as Record<string, unknown>;
  const text = firstText(members, TEXTS);
  if (text !== undefined) {
    const field = firstText(members, FIELDS);
    return texts(text, below(fields, field), depth);
  }
  return Object.entries(members).flatMap(([name, inner]) =>
    texts(inner, below(fields, name), depth + 1),
  );
}

function below(fields: string[], name: string | undefined): string[] {
  return name === undefined || name === WHOLE || !FIELD_NAME.test(name)
    ? fields
    : [...fields, name];
}

function firstText(
  members: Record<string, unknown>,
  names: readonly string[],
): string | undefined {
  return names
    .map((name) => members[name])
    .find((text) => typeof text === 'string');
}
