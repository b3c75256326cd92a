import { deepEqual, equal } from 'node:assert/strict';
import { LONG, SHORT, type StorePromise } from './store.trial.js';

const RACERS = Array.from({ length: 50 }, (_, i) => `racer ${i}`);

/** Who may renew. @internal */
export const leasePromises: StorePromise[] = [
  [
    'of fifty members that race for the lease one gets it',
    async ({ store, account }) => {
      const views = await Promise.all(
        RACERS.map((name) => store.lease(account, name, LONG, LONG)),
      );
      equal(views.filter(({ granted }) => granted).length, 1);
    },
  ],
  [
    'the lease is not granted twice, not even to who has it',
    async ({ store, account }) => {
      const ask = () => store.lease(account, 'one', LONG, LONG);
      equal((await ask()).granted, true);
      equal((await ask()).granted, false);
    },
  ],
  [
    'who asks for the lease sees the token in the same step',
    async ({ store, account, lead, token }) => {
      await lead('one', token('a'));
      const view = await store.lease(account, 'two', LONG, LONG);
      deepEqual([view.granted, view.token?.id], [true, 'a']);
      equal(view.token?.sealed, 'sealed a');
    },
  ],
  [
    'who has the lease can give it back',
    async ({ store, account }) => {
      await store.lease(account, 'one', LONG, LONG);
      await store.release(account, 'one');
      const { granted } = await store.lease(account, 'two', LONG, LONG);
      equal(granted, true);
    },
  ],
  [
    'nobody else can release the lease, nor leave it away, nor end it with a pause',
    async ({ store, account }) => {
      await store.lease(account, 'owner', LONG, LONG);
      await store.beat(account, 'thief', LONG);
      await store.release(account, 'thief');
      await store.coolDown(account, 'thief', { code: 'X', remaining: LONG });
      await store.leave(account, 'thief');
      const view = await store.lease(account, 'next', LONG, LONG);
      deepEqual([view.granted, view.coolDown], [false, undefined]);
    },
  ],
  [
    'a token of who has not the lease does not end it',
    async ({ store, account, token }) => {
      await store.lease(account, 'owner', LONG, LONG);
      await store.publish(account, 'stray', token('a'), LONG);
      const { granted } = await store.lease(account, 'next', LONG, LONG);
      equal(granted, false);
    },
  ],
  [
    'the lease ends with its owner’s token',
    async ({ store, account, lead, token }) => {
      await lead('one', token('a'));
      const { granted } = await store.lease(account, 'two', LONG, LONG);
      equal(granted, true);
    },
  ],
  [
    'the lease ends when its owner leaves',
    async ({ store, account, look }) => {
      await store.lease(account, 'one', LONG, LONG);
      await look('two');
      await store.leave(account, 'one');
      const { granted } = await store.lease(account, 'two', LONG, LONG);
      equal(granted, true);
    },
  ],
  [
    'the lease of an owner that was killed lapses by itself',
    async ({ store, account, until }) => {
      const ask = (member: string) => store.lease(account, member, LONG, SHORT);
      equal((await ask('killed')).granted, true);
      await until('the lease lapses', async () => (await ask('next')).granted);
    },
  ],
  [
    'a lease that ends far later than anyone asks for is nobody’s: a clock was set back',
    async ({ store, account }) => {
      await store.lease(account, 'one', LONG, LONG);
      const { granted } = await store.lease(account, 'two', LONG, SHORT);
      equal(granted, true);
    },
  ],
  [
    'who had a lease that lapsed can’t release that of the next owner',
    async ({ store, account, until }) => {
      await store.lease(account, 'late', LONG, SHORT);
      await until('the lease lapses', async () => {
        const { granted } = await store.lease(account, 'next', LONG, LONG);
        return granted;
      });
      await store.release(account, 'late');
      const { granted } = await store.lease(account, 'third', LONG, LONG);
      equal(granted, false);
    },
  ],
];
