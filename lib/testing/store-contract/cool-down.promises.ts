import { deepEqual, equal, ok } from 'node:assert/strict';
import { LONG, SHORT, type StorePromise } from './store.trial.js';

const PAUSE = { code: 'KOPOKOPO_RATE_LIMIT', remaining: LONG };

/** The pause that all keep. @internal */
export const coolDownPromises: StorePromise[] = [
  [
    'a failure of who has the lease quiets all',
    async ({ store, account, look }) => {
      await store.lease(account, 'one', LONG, LONG);
      await store.coolDown(account, 'one', PAUSE);
      const view = await store.lease(account, 'two', LONG, LONG);
      equal(view.granted, false);
      equal(view.coolDown?.code, PAUSE.code);
      const left = (await look('three')).coolDown!.remaining;
      ok(left > 0 && left <= LONG, `${left} ms are left of ${LONG}`);
    },
  ],
  [
    'a failure of who has no lease quiets nobody',
    async ({ store, account }) => {
      await store.coolDown(account, 'one', PAUSE);
      const view = await store.lease(account, 'two', LONG, LONG);
      deepEqual([view.granted, view.coolDown], [true, undefined]);
    },
  ],
  [
    'the pause ends by itself, and then the lease can be had',
    async ({ store, account, until }) => {
      await store.lease(account, 'one', LONG, LONG);
      await store.coolDown(account, 'one', { ...PAUSE, remaining: SHORT });
      await until('the pause ends', async () => {
        const view = await store.lease(account, 'two', LONG, LONG);
        equal(view.granted, view.coolDown === undefined);
        return view.granted;
      });
    },
  ],
  [
    'a token ends the pause',
    async ({ store, account, token }) => {
      await store.lease(account, 'one', LONG, LONG);
      await store.coolDown(account, 'one', PAUSE);
      const view = await store.publish(account, 'two', token('a'), LONG);
      deepEqual([view.coolDown, view.token?.id], [undefined, 'a']);
      const { granted } = await store.lease(account, 'two', LONG, LONG);
      equal(granted, true);
    },
  ],
  [
    'the token in use stays in use during a pause',
    async ({ store, account, lead, token, look }) => {
      await lead('one', token('a'));
      await store.lease(account, 'one', LONG, LONG);
      await store.coolDown(account, 'one', PAUSE);
      equal((await look('two')).token?.id, 'a');
    },
  ],
];
