import { messagesIn } from './problem-messages.js';
import { redact } from './redact.js';
import type { SentRequest } from './sent-request.js';

/** What an error body of the upstream says, whatever its shape. @internal */
export interface UpstreamProblem {
  messages: string[];
  oauthError?: string;
}

const LONGEST_MESSAGE = 500;
const MOST_MESSAGES = 20;

/** More of a message than this is never looked at: what a server makes so long is an attack. */
const LONGEST_LOOK = 4_000;

/** What is left of a secret behind a cut; longer runs are taken out whatever they are. */
const LONGEST_REST = 100;

/**
 * Reads all shapes of the reference: `error_message` as text or list, `errors` as list or by field,
 * OAuth's `error` with `error_description`, a line of plain text, HTML, nothing. What is not understood
 * gives no message.
 *
 * @internal
 */
export function readProblem(
  body: unknown,
  type: unknown,
  { secrets, numbers }: Pick<SentRequest, 'secrets' | 'numbers'>,
): UpstreamProblem {
  const text = typeof body === 'string' ? body : '';
  const members = parseObject(text);
  const found =
    members === undefined ? plainLine(text, type) : messagesIn(members);
  const messages = found
    .slice(0, MOST_MESSAGES)
    .map((said) => readable(said, secrets, numbers));
  const oauthError = oauthErrorOf(members?.error, secrets);
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

/** The first line of what says that it is plain text, unless it is a page or broken JSON all the same. */
function plainLine(text: string, type: unknown): string[] {
  if (!/^text\/plain\b/i.test(String(type))) return [];
  const line = text.trim().split(/[\r\n]/, 1)[0] ?? '';
  return line === '' || /^[<{["]/.test(line) ? [] : [line];
}

/** A cut may go through a secret: where what is left of it would be read, nothing is. */
function readable(
  said: string,
  secrets: readonly string[],
  numbers: readonly string[],
): string {
  const line = oneLine(redact(said.slice(0, LONGEST_LOOK), secrets, numbers));
  const isCutInView =
    said.length > LONGEST_LOOK && line.length < LONGEST_MESSAGE + LONGEST_REST;
  return isCutInView ? '' : line.slice(0, LONGEST_MESSAGE);
}

function oneLine(text: string): string {
  // oxlint-disable-next-line eslint/no-control-regex -- control characters are what it looks for
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
  return line.trim();
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
