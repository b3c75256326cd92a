import { setImmediate } from 'node:timers';

/** Milliseconds that a step of a store may take. */
const LIMIT = 1_000;

/**
 * Awaits a step of a store, which may be anybody's: one that says nothing is out of reach.
 *
 * @param limit milliseconds
 * @throws Error with the code `TIMEOUT`
 * @internal
 */
export async function storeStep<T>(
  step: Promise<T>,
  limit = LIMIT,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    // An answer that has come while the process was busy is read first.
    const end = (): void =>
      void setImmediate(() => setImmediate(() => reject(late())));
    // It keeps the process alive: a store's connection may not, and somebody waits.
    timer = setTimeout(end, limit);
  });
  try {
    return await Promise.race([step, over]);
  } finally {
    clearTimeout(timer);
  }
}

/** Made when it is needed: its stack costs more than the step. */
function late(): Error {
  return Object.assign(new Error('The store did not answer in time.'), {
    code: 'TIMEOUT',
  });
}
