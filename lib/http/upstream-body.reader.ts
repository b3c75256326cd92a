import { redact } from './redact.js';

/** What an error body of the upstream says, whatever its shape. @internal */
export interface UpstreamProblem {
  messages: string[];
  oauthError?: string;
}

const LONGEST_MESSAGE = 500;
const MOST_MESSAGES = 20;
const DEEPEST = 3;
const NOTHING: UpstreamProblem = { messages: [] };

/**
 * Reads all shapes of the reference: `error_message` as text or list, `errors`, OAuth's `error` with
 * `error_description`, HTML, nothing. What is not understood gives no message.
 *
 * @internal
 */
export function readProblem(
  body: unknown,
  secrets: readonly string[],
): UpstreamProblem {
  const members = typeof body === 'string' ? parseObject(body) : undefined;
  if (members === undefined) return NOTHING;
  const found =
    [
      members.error_message,
      members.errors,
      members.error_description,
      members.error,
      members.message,
    ]
      .map((value) => texts(value))
      .find((list) => list.length > 0) ?? [];
  const messages = found
    .slice(0, MOST_MESSAGES)
    .map((text) => tidy(redact(text, secrets)));
  const oauthError = oauthErrorOf(members.error, secrets);
  return oauthError === undefined ? { messages } : { messages, oauthError };
}

/** The members of a JSON object, or nothing for any other text. @internal */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    // The parser's own message quotes the text, which may be a token.
    return undefined;
  }
}

/** Lists in lists are read a few levels deep: what a server nests further is an attack, not a message. */
function texts(value: unknown, depth = 0): string[] {
  if (Array.isArray(value)) {
    return depth < DEEPEST
      ? value.flatMap((entry) => texts(entry, depth + 1))
      : [];
  }
  return typeof value === 'string' && value.trim() !== '' ? [value] : [];
}

/** One line, of a length that a log can bear. */
function tidy(text: string): string {
  // oxlint-disable-next-line eslint/no-control-regex -- control characters are what it looks for
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
  return line.trim().slice(0, LONGEST_MESSAGE);
}

/** RFC 6749 §5.2, RFC 6750 §3.1, RFC 7009 §2.2.1: words that stay, whatever the credentials are called. */
const KNOWN_CODES = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_token',
  'insufficient_scope',
  'unsupported_token_type',
]);

/** Characters of RFC 6749 §5.2, and short: a code, not prose. @internal */
export function oauthErrorOf(
  value: unknown,
  secrets: readonly string[],
): string | undefined {
  if (typeof value !== 'string' || !/^[\w.-]{1,64}$/.test(value)) {
    return undefined;
  }
  return KNOWN_CODES.has(value) || redact(value, secrets) === value
    ? value
    : undefined;
}
