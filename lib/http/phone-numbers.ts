/** What stands between the digits of a number as people write it: at most three characters, percent-encoded or not. */
const GAP = String.raw`(?:%[\da-f]{2}|[^\p{L}\p{N}:;%]){0,3}`;

/** Between the digits of one number no comma with a blank stands, which divides two numbers. */
const BETWEEN = String.raw`(?!,\s)${GAP}`;

const PLUS = String.raw`(?:\+|%2b)`;

/** Not behind a digit; one that belongs to a percent-encoded character is none. */
const START = String.raw`(?:(?<!\d)|(?<=%[\da-f]{2}))`;

/** A first 0 that is not the whole part of an amount. */
const ZERO = String.raw`0(?!\.\d{1,2}(?!\d))`;

/** A digit and as many more. */
function digits(first: string, least: number, most: number): string {
  return String.raw`${first}(?:${BETWEEN}\d){${least},${most}}(?!\d)`;
}

/** Digits in this order, whatever stands between them. */
function spaced(number: string): string {
  return [...number].join(BETWEEN);
}

/** Nine digits without a first 0 could be much: only in the groups of a phone number. */
const GROUPS = String.raw`(?:\d{6}|[ .-]\d{6}|[ .-]\d{3}[ .-]\d{3}|(?:[ .-]\d{2}){3})(?!\d)`;

/**
 * Numbers of Kenyan mobile phones as they are written, well and badly: 2547…, 07…, 7…, with a digit too
 * many or too few, with a (0) behind the country code; and whatever has a plus before it.
 */
const WRITTEN = [
  `${PLUS}?${START}(?:${spaced('00')}${BETWEEN})?${spaced('254')}${BETWEEN}(?:0${BETWEEN})?${digits('[17]', 6, 9)}`,
  `${START}${digits(`${ZERO}${BETWEEN}[17]`, 6, 10)}`,
  `${START}${digits(`${ZERO}${BETWEEN}[2-689]`, 8, 8)}`,
  `${START}(?:7\\d|1[01])\\d${GROUPS}`,
  `${PLUS}${BETWEEN}${digits(String.raw`\d`, 8, 14)}`,
];

/** What looks like such a number and is none: dates and times, amounts in groups, UUIDs. */
const OTHERS = [
  String.raw`(?<!\d)(?:19|20)\d\d-(?:0\d|1[0-2])-[0-3]\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)?(?!\d)`,
  String.raw`(?<!\d)[0-3]\d(?<sign>[-/.])(?:0\d|1[0-2])\k<sign>(?:19|20)\d\d(?![-/.]?\d)`,
  String.raw`(?<!\d)\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?!\d)`,
  String.raw`(?<![\d.])[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?(?![\d,])`,
  String.raw`(?<![\da-f])[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?![\da-f])`,
];

const LOOK = new RegExp(
  `(?<other>${OTHERS.join('|')})|${WRITTEN.join('|')}`,
  'giu',
);

/** Fewer digits of a number that was sent can't be told from an amount. */
const FEWEST_SENT = 5;

/**
 * Takes phone numbers out of a text: those that were `sent` in any spelling, and what looks like one.
 * Digits of other scripts become those of ours.
 *
 * @internal
 */
export function withoutPhoneNumbers(
  text: string,
  sent: readonly string[],
  instead: string,
): string {
  let clean = withLatinDigits(text);
  // A pattern is dear, and a request may hold thousands of numbers: most are not in the text.
  const digits = clean.replace(/\D/g, '');
  const plain = clean.replace(/%[\da-f]{2}/gi, '').replace(/\D/g, '');
  for (const number of sent) {
    const known = knownDigits(number);
    if (!digits.includes(known) && !plain.includes(known)) continue;
    clean = clean.replace(sentNumber(known), instead);
  }
  return clean.replace(LOOK, (...found: unknown[]) => {
    const { other } = found.at(-1) as { other?: string };
    return other ?? instead;
  });
}

/** Digits, and the full-width plus, of all scripts as ours. @internal */
export function withLatinDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, latinDigit).replaceAll('\uFF0B', '+');
}

/** The decimal digits of each script stand in a row from 0 to 9. */
function latinDigit(digit: string): string {
  if (digit <= '9') return digit;
  const code = digit.codePointAt(0)!;
  let zero = code;
  while (isDigit(zero - 1) && code - zero < 9) zero -= 1;
  return String(code - zero);
}

function isDigit(code: number): boolean {
  return /^\p{Nd}$/u.test(String.fromCodePoint(code));
}

/** Digits of a number without a country code, where enough are left. */
function knownDigits(number: string): string {
  const all = withLatinDigits(number).replace(/\D/g, '');
  const own = all.replace(/^(?:0*254)?0*/, '');
  return own.length < FEWEST_SENT ? all : own;
}

/** The number that was sent with any country code or none, whatever it had when it was sent. */
function sentNumber(known: string): RegExp {
  if (known.length < FEWEST_SENT) return /(?!)/;
  const code = `(?:${PLUS}?\\(?(?:${spaced('00')}${BETWEEN})?${spaced('254')}${BETWEEN})?(?:\\(?0${BETWEEN})?`;
  return new RegExp(`${START}${code}${spaced(known)}(?!\\d)`, 'giu');
}
