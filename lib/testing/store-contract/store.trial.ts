import { fail } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type {
  StoredToken,
  TokenStore,
  TokenStoreView,
} from '../../config/token-store.interface.js';
import type { TokenStoreContractOptions } from '../token-store.contract.js';

/** A promise: its name, and what shows that it is kept. @internal */
export type StorePromise = readonly [
  name: string,
  keep: (trial: StoreTrial) => Promise<void>,
];

/** Longer than any test takes, in milliseconds. @internal */
export const LONG = 60_000;

/** Soon over: what lasts so long is waited for, in milliseconds. @internal */
export const SHORT = 60;

/** Milliseconds between two looks. */
const LOOK = 15;

/** A store under trial, on an account that nobody else uses. @internal */
export interface StoreTrial {
  store: TokenStore;
  account: string;
  /** Another account of the same store. */
  other: string;
  /** The id of a token, and whatever is no secret of it. */
  token(id: string, remaining?: number): StoredToken;
  /** What a member sees. */
  look(member?: string): Promise<TokenStoreView>;
  /** Makes a token the one in use, by a member with the lease. */
  lead(
    member: string,
    token: StoredToken,
    delay?: number,
  ): Promise<TokenStoreView>;
  /** Ids of what can be claimed now, in order. */
  claim(member: string, hold?: number): Promise<string[]>;
  /** Time by which something with this life is over. */
  pass(milliseconds: number): Promise<void>;
  /** Looks until it holds; fails when it takes too long. */
  until(what: string, holds: () => Promise<boolean> | boolean): Promise<void>;
  close(): Promise<void>;
}

/** @internal */
export function openTrial(
  store: TokenStore,
  { advance, patience = 3_000 }: TokenStoreContractOptions,
): StoreTrial {
  const account = randomUUID();
  const wait = advance ?? ((ms: number) => setTimeout(ms));
  const look = (member = 'onlooker'): Promise<TokenStoreView> =>
    store.beat(account, member, LONG);
  return {
    store,
    account,
    other: randomUUID(),
    token: (id, remaining = LONG) => ({
      id,
      sealed: `sealed ${id}`,
      remaining,
    }),
    look,
    lead: async (member, token, delay = LONG) => {
      const { granted } = await store.lease(account, member, LONG, LONG);
      if (!granted) fail(`${member} did not get the lease, and it was free`);
      return store.publish(account, member, token, delay);
    },
    claim: async (member, hold = LONG) => {
      const due = await store.claim(account, member, hold);
      return due.map(({ id }) => id).toSorted();
    },
    pass: async (milliseconds) => wait(milliseconds),
    until: async (what, holds) => {
      const end = performance.now() + patience;
      while (!(await holds())) {
        if (performance.now() > end) fail(`${what}: not within ${patience} ms`);
        await wait(LOOK);
      }
    },
    close: () => store.close('onlooker'),
  };
}
