import { withoutPhoneNumbers } from './phone-numbers.js';

const REDACTED = '[redacted]';

/** Long opaque runs are credentials more often than words; UUIDs are ids and stay. */
const OPAQUE = /[\w+/=.~-]{32,}/g;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Texts shorter than this can't be told from ordinary words. */
const SHORTEST_SECRET = 4;

/**
 * Takes out of a text what must not be read: the given secrets in every coding they travel in, phone
 * numbers, the given `numbers` in any spelling, and anything that looks like a credential.
 *
 * @internal
 */
export function redact(
  text: string,
  secrets: readonly string[] = [],
  numbers: readonly string[] = [],
): string {
  let clean = text;
  for (const form of secrets.flatMap(codings)) {
    clean = clean.replaceAll(form, REDACTED);
  }
  return withoutPhoneNumbers(
    clean.replace(OPAQUE, (run) => (UUID.test(run) ? run : REDACTED)),
    numbers,
    REDACTED,
  );
}

function codings(secret: string): string[] {
  if (secret.length < SHORTEST_SECRET) return [];
  const bytes = Buffer.from(secret);
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  const hex = bytes.toString('hex');
  const percent = encodeURIComponent(secret);
  return [
    secret,
    percent,
    percent.replace(/%../g, (code) => code.toLowerCase()),
    new URLSearchParams({ s: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
    base64,
    bytes.toString('base64url'),
    hex,
    hex.toUpperCase(),
  ];
}
