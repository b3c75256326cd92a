import type {
  StoredToken,
  TokenStoreView,
} from '../../config/token-store.interface.js';

const NOT_AN_ANSWER = 'MALFORMED answer of a token store';

/**
 * A store may be of the user's own making: what it answers is looked at before it is believed.
 *
 * @throws Error, which makes the store count as out of reach
 * @internal
 */
export function checkedView<T extends TokenStoreView>(answer: T): T {
  const { members, now, token, coolDown } = partsOf(answer);
  const isGood =
    Number.isFinite(members) &&
    Number.isFinite(now) &&
    (token === undefined || isEntry(token)) &&
    (coolDown === undefined ||
      (typeof coolDown?.code === 'string' &&
        Number.isFinite(coolDown.remaining)));
  if (isGood) return answer;
  throw new Error(NOT_AN_ANSWER);
}

/**
 * As `checkedView`, for what `leave` answers.
 *
 * @internal
 */
export function checkedCount(
  answer: Pick<TokenStoreView, 'members'>,
): Pick<TokenStoreView, 'members'> {
  const { members } = partsOf(answer);
  if (Number.isFinite(members)) return { members: members! };
  throw new Error(NOT_AN_ANSWER);
}

/**
 * As `checkedView`, for what `claim` answers.
 *
 * @internal
 */
export function checkedEntries(answer: StoredToken[]): StoredToken[] {
  if (Array.isArray(answer) && answer.every(isEntry)) return answer;
  throw new Error(NOT_AN_ANSWER);
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
