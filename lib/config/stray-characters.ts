const PAIRS = ['""', "''", '``', '“”', '‘’'];

/** Tabs, line ends and plain spaces, which an editor shows. */
const BLANK = /^[ \t\n]+|[ \t\n]+$/g;

/** Controls, zero-width characters, the BOM, and every space but the plain one. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

/**
 * Says what got into a text on its way here (quotes that `docker --env-file` keeps, the `\r` of a
 * Windows file, blanks, invisible characters) and what to do, or nothing. It never quotes the text.
 *
 * @internal
 */
export function strayProblem(text: string): string | undefined {
  if (text === '') return undefined;
  if (visible(text) === '') {
    return 'holds nothing that can be seen; remove it, or set it';
  }
  const withoutReturn = text.replace(/[ \t]*\r\n?$/, '');
  const inner = withoutReturn.replace(BLANK, '');
  const found: string[] = [];
  const quoted = isQuoted(visible(text));
  if (quoted) found.push('quotes around it');
  if (withoutReturn !== text) found.push('a carriage return at its end');
  if (inner !== withoutReturn) found.push('white space around it');
  const invisible = namesOf(inner.match(INVISIBLE) ?? []);
  if (invisible !== undefined) found.push(`${invisible} in it`);
  if (found.length === 0) return undefined;
  const what = found.length > 1 || quoted ? 'them' : 'it';
  const hint = quoted ? ' (docker --env-file keeps quotes)' : '';
  return `has ${found.join(' and ')}; remove ${what}${hint}`;
}

/** The text as it was meant. @internal */
export function cleaned(text: string): string {
  const meant = visible(text);
  return isQuoted(meant) ? meant.slice(1, -1).trim() : meant;
}

/** The text in quotes, with what can't be seen in it escaped. @internal */
export function shown(text: string): string {
  return JSON.stringify(text).replace(
    INVISIBLE,
    (character) =>
      `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
}

function visible(text: string): string {
  return text.replace(INVISIBLE, '').trim();
}

function isQuoted(text: string): boolean {
  return text.length > 1 && PAIRS.includes(text.slice(0, 1) + text.slice(-1));
}

function namesOf(characters: readonly string[]): string | undefined {
  if (characters.length === 0) return undefined;
  const names = [...new Set(characters)].map(
    (character) =>
      `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`,
  );
  return `the invisible character ${names.join(', ')}`;
}
