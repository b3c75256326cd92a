import { deepEqual, equal, ok } from 'node:assert/strict';
import { LONG, SHORT, type StorePromise } from './store.trial.js';

/** Which token is in use. @internal */
export const publishPromises: StorePromise[] = [
  [
    'what one publishes the others see, as it was given',
    async ({ lead, token, look }) => {
      await lead('one', token('a'));
      const { token: seen } = await look('two');
      deepEqual([seen?.id, seen?.sealed], ['a', 'sealed a']);
    },
  ],
  [
    'the life that is left is counted by the store, and never grows',
    async ({ lead, token, look, pass }) => {
      await lead('one', token('a', LONG));
      const first = (await look()).token!.remaining;
      await pass(SHORT);
      const later = (await look()).token!.remaining;
      ok(first <= LONG, `${first} ms are left of ${LONG}`);
      ok(later <= first - SHORT / 2, `${later} ms are left after ${first}`);
      ok(later > 0, `${later} ms are left`);
    },
  ],
  [
    'the life that is left counts from when it was told of, not from when it arrives',
    async ({ store, account, token, look, pass }) => {
      const { now: asOf } = await look();
      await pass(SHORT);
      await store.publish(account, 'one', { ...token('a'), asOf }, LONG);
      const { token: seen, now } = await look();
      ok(now - asOf >= SHORT / 2, `${now - asOf} ms have passed`);
      const most = LONG - (now - asOf);
      ok(seen!.remaining <= most + 1, `${seen!.remaining} ms, not ${most}`);
    },
  ],
  [
    'a moment that has not come yet makes no token live longer',
    async ({ store, account, token, look }) => {
      const { now } = await look();
      const asOf = now + LONG;
      await store.publish(account, 'one', { ...token('a'), asOf }, LONG);
      const { remaining } = (await look()).token!;
      ok(remaining <= LONG, `${remaining} ms are left of ${LONG}`);
    },
  ],
  [
    'a token that expired on its way takes the place of none, and ends the lease all the same',
    async ({ store, account, lead, token, look, claim }) => {
      const { now } = await look();
      await lead('one', token('a'));
      const late = { ...token('b', SHORT), asOf: now - SHORT };
      const view = await lead('one', late, 0);
      equal(view.token?.id, 'a');
      deepEqual(await claim('one'), []);
      const { granted } = await store.lease(account, 'two', LONG, LONG);
      equal(granted, true);
    },
  ],
  [
    'a token that expired is gone',
    async ({ lead, token, look, until, claim }) => {
      await lead('one', token('a', SHORT));
      await until(
        'the token expires',
        async () => (await look('one')).token === undefined,
      );
      deepEqual(await claim('one'), []);
    },
  ],
  [
    'who has no lease may publish where there is none',
    async ({ store, account, token, look }) => {
      const view = await store.publish(account, 'one', token('a'), LONG);
      equal(view.token?.id, 'a');
      equal((await look('two')).token?.id, 'a');
    },
  ],
  [
    'without the lease the token in use stays, and the given one is retired',
    async ({ store, account, lead, token, claim }) => {
      await lead('one', token('a'));
      const view = await store.publish(account, 'two', token('b'), 0);
      equal(view.token?.id, 'a');
      deepEqual(await claim('two'), ['b']);
    },
  ],
  [
    'with the lease the given token takes over, and the one before is retired',
    async ({ lead, token, claim }) => {
      await lead('one', token('a'));
      const view = await lead('two', token('b'), 0);
      equal(view.token?.id, 'b');
      deepEqual(await claim('two'), ['a']);
    },
  ],
  [
    'the same token published again is renewed in place',
    async ({ store, account, lead, token, look, claim }) => {
      await lead('one', token('a'));
      const again = { ...token('a'), sealed: 'sealed anew' };
      await store.publish(account, 'two', again, 0);
      equal((await look()).token?.sealed, 'sealed anew');
      deepEqual(await claim('one'), []);
    },
  ],
  [
    'of many that publish at once one is in use and all others are retired',
    async ({ store, account, token, look, claim }) => {
      const ids = Array.from({ length: 20 }, (_, i) => `t${i}`);
      const views = await Promise.all(
        ids.map((id) => store.publish(account, `of ${id}`, token(id), 0)),
      );
      const used = (await look()).token!.id;
      for (const view of views) equal(view.token?.id, used);
      deepEqual(await claim('one'), ids.filter((id) => id !== used).toSorted());
    },
  ],
  [
    'a retired token can’t be brought back by who has no lease',
    async ({ store, account, lead, token, look, claim }) => {
      await lead('one', token('a'));
      await store.invalidate(account, 'a', 0);
      const view = await store.publish(account, 'two', token('a'), LONG);
      equal(view.token, undefined);
      await lead('one', token('b'));
      deepEqual(await claim('one'), ['a']);
      await store.settle(account, 'a');
      await store.invalidate(account, 'b', 0);
      await store.publish(account, 'two', token('a'), LONG);
      equal((await look()).token, undefined);
    },
  ],
  [
    'a retired token is in use again when the server gave it to who has the lease',
    async ({ store, account, lead, token, claim }) => {
      await lead('one', token('a'));
      await store.invalidate(account, 'a', 0);
      const view = await lead('one', token('a'));
      equal(view.token?.id, 'a');
      deepEqual(await claim('one'), []);
    },
  ],
  [
    'the rejected token is dropped, and only that one',
    async ({ store, account, lead, token, look }) => {
      await lead('one', token('a'));
      await store.invalidate(account, 'another', 0);
      equal((await look()).token?.id, 'a');
      await store.invalidate(account, 'a', 0);
      equal((await look()).token, undefined);
    },
  ],
  [
    'a late rejection does not hit the successor',
    async ({ store, account, lead, token, look }) => {
      await lead('one', token('a'));
      await lead('one', token('b'));
      await store.invalidate(account, 'a', 0);
      equal((await look()).token?.id, 'b');
    },
  ],
];
