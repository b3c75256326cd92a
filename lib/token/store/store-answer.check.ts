import type {
  StoredToken,
  TokenStoreView,
} from '../../config/token-store.interface.js';

/**
 * A store may be of the user's own making: what it answers is looked at before it is believed.
 *
 * @throws Error, which makes the store count as out of reach
 * @internal
 */
export function checkedView<T extends TokenStoreView>(answer: T): T {
  const { members, token, coolDown } = partsOf(answer);
  const isGood =
    Number.isFinite(members) &&
    (token === undefined || isEntry(token)) &&
    (coolDown === undefined ||
      (typeof coolDown?.code === 'string' &&
        Number.isFinite(coolDown.remaining)));
  if (isGood) return answer;
  throw new Error('not an answer of a token store');
}

/**
 * As `checkedView`, for what `claim` answers.
 *
 * @internal
 */
export function checkedEntries(answer: StoredToken[]): StoredToken[] {
  if (Array.isArray(answer) && answer.every(isEntry)) return answer;
  throw new Error('not an answer of a token store');
}

function partsOf(answer: unknown): Partial<TokenStoreView> {
  return { ...(answer as Partial<TokenStoreView>) };
}

function isEntry(entry: unknown): entry is StoredToken {
  const { id, sealed, remaining } = { ...(entry as Partial<StoredToken>) };
  return (
    typeof id === 'string' &&
    typeof sealed === 'string' &&
    Number.isFinite(remaining)
  );
}
