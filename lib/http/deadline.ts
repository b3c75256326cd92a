import type { KopoKopoError } from '../errors/kopokopo.error.js';
import { KopoKopoTimeoutError } from '../errors/timeout.error.js';
import { abortReason } from './abort-reason.js';
import { CallSignal } from './call-signal.js';

/** What ends a call. @internal */
export interface CallLimits {
  /** Milliseconds, answer included. */
  timeout: number;
  /** The caller's. */
  signal?: AbortSignal;
  /** The app's, when it shuts down. Not joined to the caller's by AbortSignal.any(), which would grow with each call. */
  ending?: AbortSignal;
}

/** What becomes of a call that has been ended already and is answered all the same. @internal */
export interface LateAnswer<T> {
  /** Milliseconds for which its connection is kept; 0 closes it at once. */
  limit: number;
  /** Told of an answer that came within them. */
  onAnswer?: (answer: T) => void;
}

const CLOSE: LateAnswer<unknown> = { limit: 0 };

/**
 * Races a call against its time limit and its caller's signal. The race holds whatever the call does:
 * some releases of axios never settle after a body that can't be unpacked. The call is told to end by
 * its `CallSignal`.
 *
 * @internal
 */
export function withinDeadline<T>(
  call: (signal: CallSignal) => Promise<T>,
  { timeout, signal: caller, ending }: CallLimits,
  late: LateAnswer<T> = CLOSE,
): Promise<T> {
  const aborted = (): AbortSignal | undefined =>
    caller?.aborted ? caller : ending?.aborted ? ending : undefined;
  const before = aborted();
  if (before) return Promise.reject(abortReason(before, 'not-sent'));
  return new Promise((resolve, reject) => {
    const signal = new CallSignal();
    let isOver = false;
    let grace: NodeJS.Timeout | undefined;
    const clear = (): void => {
      clearTimeout(timer);
      caller?.removeEventListener('abort', leave);
      ending?.removeEventListener('abort', leave);
    };
    const end = (error: KopoKopoError): void => {
      isOver = true;
      clear();
      reject(error);
      if (late.limit > 0) {
        grace = setTimeout(() => signal.abort(), late.limit).unref();
      } else signal.abort();
    };
    // The request is on its way by now: nobody can say what became of it.
    const leave = (): void => end(abortReason(aborted()!, 'unknown'));
    // First: a signal that is none must not leave a timer behind.
    caller?.addEventListener('abort', leave);
    ending?.addEventListener('abort', leave);
    const timer = setTimeout(
      () =>
        end(
          new KopoKopoTimeoutError(
            `Kopo Kopo did not answer within ${Math.ceil(timeout)} ms.`,
          ),
        ),
      timeout,
    );
    call(signal).then(
      (answer) => {
        clearTimeout(grace);
        if (isOver) late.onAnswer?.(answer);
        else {
          clear();
          resolve(answer);
        }
      },
      (error: unknown) => {
        clearTimeout(grace);
        if (isOver) return;
        clear();
        reject(error);
      },
    );
  });
}
