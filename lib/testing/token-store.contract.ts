import type { TokenStore } from '../config/token-store.interface.js';
import { coolDownPromises } from './store-contract/cool-down.promises.js';
import { leasePromises } from './store-contract/lease.promises.js';
import { membershipPromises } from './store-contract/membership.promises.js';
import { publishPromises } from './store-contract/publish.promises.js';
import { retirementPromises } from './store-contract/retirement.promises.js';
import { openTrial, type StorePromise } from './store-contract/store.trial.js';

/**
 * One promise that every `TokenStore` keeps.
 *
 * @publicApi
 */
export interface TokenStoreContractTest {
  /** The promise, as the name of a test. */
  readonly name: string;
  /**
   * Tries it on a store. An account of its own is used, so one store may do for all.
   *
   * @throws AssertionError where the store does not keep it
   */
  run(
    makeStore: () => TokenStore | Promise<TokenStore>,
    options?: TokenStoreContractOptions,
  ): Promise<void>;
}

/**
 * How a store is tried.
 *
 * @publicApi
 */
export interface TokenStoreContractOptions {
  /**
   * Lets so many milliseconds pass by the store's clock. Default: really waits. Give it where the
   * store's clock is the test's own.
   */
  advance?: ((milliseconds: number) => void | Promise<void>) | undefined;
  /** Milliseconds that something may take to come about at the most. Default 3000. */
  patience?: number | undefined;
}

/**
 * The promises of a `token.store`, as a list of tests for any runner. They need
 * no network and, with a store on a real clock, a few seconds.
 *
 * @example
 * ```ts
 * it.each(tokenStoreContract())('$name', ({ run }) => run(() => new MyTokenStore()));
 * ```
 * @publicApi
 */
export function tokenStoreContract(): TokenStoreContractTest[] {
  const promises: StorePromise[] = [
    ...membershipPromises,
    ...leasePromises,
    ...publishPromises,
    ...coolDownPromises,
    ...retirementPromises,
  ];
  return promises.map(([name, keep]) => ({
    name,
    run: async (makeStore, options = {}) => {
      const trial = openTrial(await makeStore(), options);
      try {
        await keep(trial);
      } finally {
        await trial.close();
      }
    },
  }));
}
