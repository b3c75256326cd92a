import { deepEqual, equal, ok } from 'node:assert/strict';
import { LONG, SHORT, type StorePromise } from './store.trial.js';

/** Tokens that have to be revoked. @internal */
export const retirementPromises: StorePromise[] = [
  [
    'a retired token is not due before its delay is over, and due then',
    async ({ lead, token, claim, until }) => {
      await lead('one', token('a'));
      await lead('one', token('b'), LONG);
      deepEqual(await claim('one'), []);
      await lead('one', token('c'), SHORT);
      await until('b is due', async () => {
        const ids = await claim('one');
        ok(!ids.includes('a'), 'a was due too early');
        return ids.includes('b');
      });
    },
  ],
  [
    'a rejected token is not due while others may have nothing better, and due after its successor',
    async ({ store, account, lead, token, look, claim, until }) => {
      await look('two');
      await lead('one', token('a'));
      await store.invalidate(account, 'a', SHORT);
      const { now: begun } = await look('two');
      await until('its delay is over', async () => {
        const { now } = await look('two');
        return now - begun > 2 * SHORT;
      });
      deepEqual(await claim('two'), []);
      await lead('one', token('b'));
      deepEqual(await claim('two'), []);
      await until('a is due', async () => (await claim('two')).includes('a'));
    },
  ],
  [
    'a rejected token is due at once where no other member is left',
    async ({ store, account, lead, token, look, claim }) => {
      await look('two');
      await lead('one', token('a'));
      await store.invalidate(account, 'a', LONG);
      deepEqual(await claim('one'), []);
      await store.leave(account, 'two');
      deepEqual(await claim('one'), ['a']);
    },
  ],
  [
    'a rejected token is not due while other members are expected back',
    async ({ store, account, lead, token, claim }) => {
      await store.beat(account, 'one', LONG, 3);
      await lead('one', token('a'));
      await store.invalidate(account, 'a', 0);
      deepEqual(await claim('one'), []);
    },
  ],
  [
    'a superseded token is never the one in use, and is due after the one that is',
    async ({ store, account, lead, token, look, claim, until }) => {
      await look('two');
      const old = { ...token('a'), superseded: true };
      const view = await store.publish(account, 'one', old, SHORT);
      equal(view.token, undefined);
      const { now: begun } = await look('two');
      await until('its delay is over', async () => {
        const { now } = await look('two');
        return now - begun > 2 * SHORT;
      });
      deepEqual(await claim('one'), []);
      await lead('one', token('b'));
      await until('a is due', async () => (await claim('one')).includes('a'));
      equal((await look('two')).token?.id, 'b');
    },
  ],
  [
    'a superseded token beside the one in use is due after its delay',
    async ({ store, account, lead, token, claim, until }) => {
      await lead('one', token('b'));
      const old = { ...token('a'), superseded: true };
      const view = await store.publish(account, 'one', old, SHORT);
      equal(view.token?.id, 'b');
      await until('a is due', async () => (await claim('one')).includes('a'));
    },
  ],
  [
    'a superseded token that the store has in use stays so, and one that it has retired too',
    async ({ store, account, lead, token, look, claim, pass }) => {
      await lead('one', token('a'));
      await lead('one', token('b'), LONG);
      for (const id of ['a', 'b']) {
        const old = { ...token(id), superseded: true };
        await store.publish(account, 'two', old, 0);
      }
      await pass(SHORT);
      equal((await look()).token?.id, 'b');
      deepEqual(await claim('one'), []);
    },
  ],
  [
    'what is claimed comes as it was given, with the life it has left',
    async ({ store, account, lead, token }) => {
      await lead('one', token('a', LONG));
      await store.invalidate(account, 'a', 0);
      const [entry, ...more] = await store.claim(account, 'one', LONG);
      deepEqual([entry?.id, entry?.sealed, more], ['a', 'sealed a', []]);
      const left = entry!.remaining;
      ok(left > 0 && left <= LONG, `${left} ms are left of ${LONG}`);
    },
  ],
  [
    'of many that claim at once one gets each token',
    async ({ store, account, lead, token }) => {
      for (const id of ['a', 'b', 'c', 'd']) await lead('one', token(id), 0);
      const claims = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          store.claim(account, `member ${i}`, LONG),
        ),
      );
      deepEqual(
        claims
          .flat()
          .map(({ id }) => id)
          .toSorted(),
        ['a', 'b', 'c'],
      );
    },
  ],
  [
    'what was claimed by one that was killed comes back',
    async ({ lead, token, claim, until }) => {
      await lead('one', token('a'));
      await lead('one', token('b'), 0);
      deepEqual(await claim('killed', SHORT), ['a']);
      await until('the claim lapses', async () => {
        const ids = await claim('next');
        return ids.includes('a');
      });
      deepEqual(await claim('third'), []);
    },
  ],
  [
    'what has been revoked does not come back, and the rest does',
    async ({ store, account, lead, token, claim }) => {
      await lead('one', token('a'));
      await lead('one', token('b'), 0);
      await store.invalidate(account, 'b', 0);
      await store.settle(account, 'a');
      deepEqual(await claim('one'), ['b']);
      await store.settle(account, 'b');
      await store.settle(account, 'never heard of');
      await store.leave(account, 'one');
      deepEqual(await claim('two'), []);
    },
  ],
  [
    'a retired token that expired has nothing left to revoke',
    async ({ lead, token, claim, until, look }) => {
      await lead('one', token('a', SHORT));
      await lead('one', token('b', SHORT), 0);
      await until(
        'both expire',
        async () => (await look('one')).token === undefined,
      );
      deepEqual(await claim('one'), []);
    },
  ],
  [
    'a whole fleet that was killed leaves its token to the next boot',
    async ({ store, account, token, until, look }) => {
      await store.lease(account, 'killed', SHORT, LONG);
      await store.publish(account, 'killed', token('a'), LONG);
      await until('the killed one lapses', async () => {
        const { members, token } = await look('booted');
        equal(token?.id, 'a');
        return members === 1;
      });
    },
  ],
];
