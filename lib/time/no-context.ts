import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Runs a task outside of the async context of its caller: what outlives one request (timers, renewals,
 * events) would otherwise carry that request's AsyncLocalStorage for as long as it goes on.
 *
 * @internal
 */
export const withoutContext: <T>(task: () => T) => T =
  AsyncLocalStorage.snapshot();
