/** `WRONGPASS` of a Redis: short, and too poor in letters for a secret. */
const WORD = /^[A-Z][A-Z_]{2,23}(?= |$)/;

/** `ECONNREFUSED` of a socket, `DEPTH_ZERO_SELF_SIGNED_CERT` of TLS: nothing else stands there. */
const CODE = /^[A-Z][A-Z_]{2,39}$/;

/**
 * Why a store is out of reach, in the one word that names it. The rest of its message is not shown:
 * nobody knows what a store quotes.
 *
 * @internal
 */
export function storeProblem(error: unknown): string | undefined {
  const { code, message } = wordsOf(error);
  return found(CODE, code) ?? found(WORD, message);
}

function found(form: RegExp, text: unknown): string | undefined {
  return typeof text === 'string' ? form.exec(text)?.[0] : undefined;
}

function wordsOf(error: unknown): { code?: unknown; message?: unknown } {
  if (typeof error !== 'object' || error === null) return {};
  const { code, message } = error as { code?: unknown; message?: unknown };
  return { code, message };
}
