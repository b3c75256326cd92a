/** `WRONGPASS` of a Redis, `ECONNREFUSED` of a socket: short, and too poor in letters for a secret. */
const WORD = /^[A-Z][A-Z_]{2,39}(?= |$)/;

/**
 * Why a store is out of reach, in the one word that names it. The rest of its message is not shown:
 * nobody knows what a store quotes.
 *
 * @internal
 */
export function storeProblem(error: unknown): string | undefined {
  const { code, message } = wordsOf(error);
  return [code, message]
    .map((text) =>
      typeof text === 'string' ? WORD.exec(text)?.[0] : undefined,
    )
    .find((word) => word !== undefined);
}

function wordsOf(error: unknown): { code?: unknown; message?: unknown } {
  if (typeof error !== 'object' || error === null) return {};
  const { code, message } = error as { code?: unknown; message?: unknown };
  return { code, message };
}
