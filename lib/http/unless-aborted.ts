import { abortReason } from './abort-reason.js';

/**
 * Frees the one whose signal aborts: the work goes on for the others.
 *
 * @throws KopoKopoError of the signal, with an unknown outcome
 * @internal
 */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return work;
  let leave = (): void => {};
  const left = new Promise<never>((_resolve, reject) => {
    leave = () => reject(abortReason(signal, 'unknown'));
    signal.addEventListener('abort', leave);
    if (signal.aborted) leave();
  });
  try {
    return await Promise.race([work, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
