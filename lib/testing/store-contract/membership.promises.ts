import { deepEqual, equal, ok } from 'node:assert/strict';
import { LONG, SHORT, type StorePromise } from './store.trial.js';

/** Who is there, and who was the last. @internal */
export const membershipPromises: StorePromise[] = [
  [
    'an account nobody used has one member, who looks, and nothing else',
    async ({ look }) => {
      const { members, token, coolDown } = await look();
      deepEqual([members, token, coolDown], [1, undefined, undefined]);
    },
  ],
  [
    'the store’s clock goes on',
    async ({ look, pass }) => {
      const { now } = await look();
      await pass(SHORT);
      const passed = (await look()).now - now;
      ok(passed >= SHORT / 2, `${passed} ms have passed, not ${SHORT}`);
    },
  ],
  [
    'a member counts once, however often it beats',
    async ({ look }) => {
      await look('one');
      await look('one');
      equal((await look('two')).members, 2);
    },
  ],
  [
    'who asks for the lease is a member, granted or not',
    async ({ store, account, look }) => {
      await store.lease(account, 'one', LONG, LONG);
      const { members } = await store.lease(account, 'two', LONG, LONG);
      equal(members, 2);
      equal((await look('two')).members, 2);
    },
  ],
  [
    'a member that stops beating lapses, and one that beats does not',
    async ({ store, account, look, until }) => {
      await store.beat(account, 'silent', SHORT);
      await until('the silent one lapses', async () => {
        const { members } = await look('lively');
        return members === 1;
      });
      equal((await look('third')).members, 2);
    },
  ],
  [
    'a member that lapsed can come back',
    async ({ store, account, look, until }) => {
      await store.beat(account, 'one', SHORT);
      await until('it lapses', async () => (await look('two')).members === 1);
      equal((await look('one')).members, 2);
    },
  ],
  [
    'leaving tells how many are left, and leaving twice changes nothing',
    async ({ store, account, look }) => {
      await look('one');
      await look('two');
      await look('three');
      equal((await store.leave(account, 'one')).members, 2);
      equal((await store.leave(account, 'one')).members, 2);
      equal((await store.leave(account, 'two')).members, 1);
      equal((await store.leave(account, 'three')).members, 0);
      equal((await store.leave(account, 'three')).members, 0);
    },
  ],
  [
    'the token survives everyone but the last one out',
    async ({ store, account, look, lead, token, claim }) => {
      await look('one');
      await look('two');
      await lead('one', token('a'));
      await store.leave(account, 'one');
      equal((await look('two')).token?.id, 'a');
      deepEqual(await claim('two'), []);
    },
  ],
  [
    'the last one out retires the token, due at once',
    async ({ store, account, look, lead, token, claim }) => {
      await lead('one', token('a'));
      await store.leave(account, 'one');
      deepEqual(await claim('one'), ['a']);
      equal((await look()).token, undefined);
    },
  ],
  [
    'members that lapsed do not keep the last living one from being the last',
    async ({ store, account, lead, token, claim, look, until }) => {
      await lead('living', token('a'));
      await store.beat(account, 'killed', SHORT);
      await until('the killed one lapses', async () => {
        const { members } = await look('living');
        return members === 1;
      });
      equal((await store.leave(account, 'living')).members, 0);
      deepEqual(await claim('living'), ['a']);
    },
  ],
  [
    'what was retired for later is due when the last one leaves, claimed or not',
    async ({ store, account, lead, token, claim }) => {
      await lead('one', token('a'));
      await lead('one', token('b'), 0);
      await lead('one', token('c'));
      deepEqual(await claim('killed'), ['a']);
      await store.leave(account, 'one');
      deepEqual(await claim('one'), ['a', 'b', 'c']);
    },
  ],
  [
    'a store that was emptied hears from the first who returns how many there are: none before the last of them is last',
    async ({ store, account, token, claim }) => {
      await store.beat(account, 'one', LONG, 3);
      await store.publish(account, 'one', token('a'), LONG);
      equal((await store.leave(account, 'one')).members, 2);
      equal((await store.beat(account, 'two', LONG, 3)).token?.id, 'a');
      equal((await store.leave(account, 'two')).members, 1);
      deepEqual(await claim('two'), []);
      await store.beat(account, 'three', LONG, 3);
      equal((await store.leave(account, 'three')).members, 0);
      deepEqual(await claim('three'), ['a']);
    },
  ],
  [
    'a member that knew of others and is not known is told so, once, and a newcomer is not',
    async ({ store, account }) => {
      ok(!(await store.beat(account, 'new', LONG, 0)).forgotten);
      ok((await store.lease(account, 'back', LONG, LONG, 2)).forgotten);
      ok(!(await store.beat(account, 'back', LONG, 2)).forgotten);
    },
  ],
  [
    'members that are expected back and do not come stop counting after a lapse',
    async ({ store, account, until }) => {
      await store.beat(account, 'one', SHORT, 3);
      await until('they stop counting', async () => {
        const { members } = await store.beat(account, 'one', LONG, 1);
        return members === 1;
      });
      equal((await store.leave(account, 'one')).members, 0);
    },
  ],
  [
    'a member with a short lapse that comes back does not end the wait for the others',
    async ({ store, account, pass, look }) => {
      await store.beat(account, 'one', LONG, 3);
      await store.beat(account, 'hasty', SHORT, 3);
      await pass(2 * SHORT);
      // The one that looks, and the third.
      equal((await look('one')).members, 2);
    },
  ],
  [
    'one that was forgotten alone expects nobody back who is there, and newcomers never do',
    async ({ store, account, look }) => {
      await look('two');
      await store.beat(account, 'new', LONG, 0);
      equal((await store.beat(account, 'back', LONG, 3)).members, 3);
      equal((await store.lease(account, 'next', LONG, LONG, 0)).members, 4);
    },
  ],
  [
    'of many that leave at once exactly one is the last',
    async ({ store, account, look }) => {
      const names = Array.from({ length: 20 }, (_, i) => `member ${i}`);
      await Promise.all(names.map((name) => look(name)));
      const left = await Promise.all(
        names.map((name) => store.leave(account, name)),
      );
      deepEqual(
        left.map(({ members }) => members).toSorted((a, b) => a - b),
        names.map((_, i) => i),
      );
    },
  ],
  [
    'accounts know nothing of each other',
    async ({ store, account, other, lead, token, look }) => {
      await lead('one', token('a'));
      await store.lease(account, 'one', LONG, LONG);
      const view = await store.lease(other, 'two', LONG, LONG);
      deepEqual([view.members, view.granted], [1, true]);
      equal(view.token, undefined);
      await store.invalidate(other, 'a', 0);
      await store.leave(other, 'two');
      deepEqual(await store.claim(other, 'two', LONG), []);
      equal((await look('one')).token?.id, 'a');
    },
  ],
];
