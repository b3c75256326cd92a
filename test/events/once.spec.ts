import { Injectable } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type KopoKopoDelivery,
  type KopoKopoStore,
  MemoryStore,
  OnKopoKopoWebhook,
} from '../../lib/index.js';
import { resolveOptions } from '../../lib/config/options.resolver.js';
import type { DeliveryClaim } from '../../lib/events/delivery.claim.js';
import { DeliveryLedger } from '../../lib/events/delivery.ledger.js';
import { StoreKeeper } from '../../lib/store/store-keeper.js';
import { systemRuntime } from '../../lib/time/runtime.js';
import { RedisStore } from '../../lib/redis/index.js';
import { LogBook } from '../support/boot.js';
import { describeWith, RedisServer } from '../support/redis-server.js';
import { buygoods } from './deliver.js';
import { Gate, openApp, QUIET_OPTIONS } from './shop-app.js';

const TOPIC = 'buygoods_transaction_received';

@Injectable()
class Handlers {
  calls = 0;
  work: () => unknown = () => undefined;

  @OnKopoKopoWebhook(TOPIC)
  async take(): Promise<void> {
    this.calls += 1;
    await this.work();
  }
}

/** A store of one process that can be told to fail, to say nothing, or that time has gone by. */
class TestStore extends MemoryStore {
  ahead = 0;
  fault: 'none' | 'fails' | 'hangs' = 'none';

  override async swap(...step: Parameters<MemoryStore['swap']>) {
    if (this.fault === 'fails') throw new Error('redis://:password@cache');
    if (this.fault === 'hangs') return new Promise<never>(() => {});
    const result = await super.swap(...step);
    return { ...result, now: result.now + this.ahead };
  }

  /** The apps of a test share it, and one ends before the other. */
  override async close(): Promise<void> {}
}

describeWith('redis-server', 'three processes on one Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('handle once what comes to each of them twenty times at once', async () => {
    const open = () =>
      openApp(Handlers, { store: new RedisStore({ url: server.url }) });
    await using one = await open();
    await using two = await open();
    await using three = await open();
    const shops = [one, two, three];
    const rounds = ['a', 'b', 'c', 'd', 'e'];
    for (const id of rounds) {
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, n) =>
          shops[n % 3]!.deliver(buygoods(id, `evt-${n}`)),
        ),
      );
      const statuses = new Set(answers.map(({ status }) => status));
      expect([...statuses].every((one) => one === 200 || one === 503)).toBe(
        true,
      );
      for (const shop of shops) {
        expect((await shop.deliver(buygoods(id))).status).toBe(200);
      }
    }
    const calls = shops.map(({ handlers }) => handlers.calls);
    expect(calls.reduce((sum, n) => sum + n)).toBe(rounds.length);
  });

  it('leave nothing in Redis that names a delivery, a phone or a person', async () => {
    await using shop = await openApp(Handlers, {
      store: new RedisStore({ url: server.url }),
    });
    await shop.deliver(buygoods('res-secret'));
    const keys = (await server.command('KEYS', '*')) as string[];
    const values = keys.map((key) => server.command('HGETALL', key));
    const dump = JSON.stringify([keys, await Promise.all(values)]);
    expect(dump).toContain('kopokopo:1:delivery:');
    expect(dump).not.toMatch(/res-secret|712345678|Wanjiru|SH1ABC2DEF/);
  });
});

@Injectable()
class OtherHandlers {
  calls = 0;

  @OnKopoKopoWebhook(TOPIC)
  async count(): Promise<void> {
    this.calls += 1;
  }
}

describe('a delivery', () => {
  it('that an app with other handlers has had on the same store still comes to those of this one', async () => {
    const store = new TestStore();
    await using one = await openApp(Handlers, { store });
    await using two = await openApp(OtherHandlers, { store });
    for (const shop of [one, two, one, two]) {
      expect((await shop.deliver(buygoods())).status).toBe(200);
    }
    expect([one.handlers.calls, two.handlers.calls]).toEqual([1, 1]);
  });

  it('whose process died in the handler is handled by the next one when its lease has lapsed', async () => {
    const store = new TestStore();
    await using dead = await openApp(Handlers, {
      store,
      webhooks: { timeout: 50 },
    });
    const gate = new Gate();
    dead.handlers.work = () => gate.passed;
    await dead.deliver(buygoods());
    await using other = await openApp(Handlers, { store });
    expect((await other.deliver(buygoods())).status).toBe(503);
    store.ahead = 31_000;
    expect((await other.deliver(buygoods())).status).toBe(200);
    expect(other.handlers.calls).toBe(1);
    // One that was only slow ends later, and does not put its mark over that of the other.
    gate.open();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await other.deliver(buygoods())).status).toBe(200);
    expect(other.handlers.calls).toBe(1);
  });

  it.each(['fails', 'hangs'] as const)(
    'is handled all the same while the store %s, with one warning that does not quote it',
    async (fault) => {
      const store = new TestStore();
      const log = new LogBook();
      store.fault = fault;
      await using shop = await openApp(Handlers, { store }, log);
      const answers = await Promise.all([
        shop.deliver(buygoods('1')),
        shop.deliver(buygoods('2')),
        shop.deliver(buygoods('2')),
      ]);
      expect(answers.map(({ status }) => status)).toContain(200);
      expect(shop.handlers.calls).toBe(2);
      const warnings = log.of('warn').filter((line) => /store/.test(line));
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain('The store is out of reach');
      expect(log.lines.join()).not.toContain('password');
      store.fault = 'none';
      await shop.deliver(buygoods('3'));
      expect(log.of('log').join()).toContain('The store is back.');
    },
  );

  it('is handled again where its record can’t be read', async () => {
    const store = new MemoryStore();
    const swap = store.swap.bind(store);
    let broken: KopoKopoStore['swap'] | undefined;
    store.swap = (...step) => (broken ?? swap)(...step);
    await using shop = await openApp(Handlers, { store });
    await shop.deliver(buygoods());
    for (const document of ['', 'null', '{"state":"done"}', '{"state":"x"}']) {
      let isFirst = true;
      broken = async (...step) => {
        if (!isFirst) return swap(...step);
        isFirst = false;
        const { version, now } = await store.read(step[0]);
        return { swapped: false, document, version: version!, now };
      };
      expect((await shop.deliver(buygoods())).status).toBe(200);
    }
    expect(shop.handlers.calls).toBe(5);
  });
});

describe('The mark of a delivery', () => {
  /** A store that takes a while, and may lose the answer to a write. */
  class SlowStore extends MemoryStore {
    delays: number[] = [];
    loses = new Set<number>();
    swaps = 0;

    override async swap(...step: Parameters<MemoryStore['swap']>) {
      const number = (this.swaps += 1);
      const found = await super.swap(...step);
      const delay = this.delays[number - 1] ?? 0;
      await new Promise((resolve) => setTimeout(resolve, delay));
      if (this.loses.has(number)) throw new Error('the answer is lost');
      return found;
    }
  }

  async function claimOn(
    store: SlowStore,
  ): Promise<[DeliveryLedger, DeliveryClaim]> {
    const options = resolveOptions({ ...QUIET_OPTIONS, store });
    const keeper = new StoreKeeper(store);
    const ledger = new DeliveryLedger(keeper, options, systemRuntime());
    const claim = await ledger.claim(DELIVERY, ['Orders.take']);
    return [ledger, claim as DeliveryClaim];
  }
  const DELIVERY = {
    kind: 'webhook',
    key: 'a',
    resourceKey: 'a',
  } as KopoKopoDelivery;

  it('is written where a renewal is under way', async () => {
    const store = new SlowStore();
    store.delays = [0, 100];
    const [ledger, claim] = await claimOn(store);
    const renewed = claim.renew();
    claim.succeeded('Orders.take');
    await Promise.all([renewed, claim.end()]);
    expect(await ledger.claim(DELIVERY, ['Orders.take'])).toBe('done');
  });

  it('is written where the answer to a renewal was lost', async () => {
    const store = new SlowStore();
    store.loses.add(2);
    const [ledger, claim] = await claimOn(store);
    await expect(claim.renew()).rejects.toThrow('lost');
    claim.succeeded('Orders.take');
    await claim.end();
    expect(await ledger.claim(DELIVERY, ['Orders.take'])).toBe('done');
  });
});
