import { Injectable, Scope } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import {
  KopoKopoDropDelivery,
  KopoKopoWebhooks,
  MemoryStore,
  OnAnyKopoKopoDelivery,
  OnKopoKopoResult,
  OnKopoKopoWebhook,
} from '../../lib/index.js';
import { LogBook } from '../support/boot.js';
import { eventually } from '../support/redis-fleet.js';
import { buygoods, deliver, incomingPayment } from './deliver.js';
import { Gate, openApp } from './shop-app.js';

const TOPIC = 'buygoods_transaction_received';

@Injectable()
class Handlers {
  calls: string[] = [];
  first: () => unknown = () => undefined;
  second: () => unknown = () => undefined;

  @OnKopoKopoWebhook(TOPIC)
  async one(): Promise<void> {
    this.calls.push('one');
    await this.first();
  }

  @OnKopoKopoWebhook(TOPIC)
  async two(): Promise<void> {
    this.calls.push('two');
    await this.second();
  }
}

function failing(message = 'no stock'): () => never {
  return () => {
    throw new Error(message);
  };
}

describe('a delivery is answered with', () => {
  it('200 when all handlers are done', async () => {
    await using shop = await openApp(Handlers);
    const answer = await shop.deliver(buygoods());
    expect(answer).toMatchObject({ status: 200 });
    expect(JSON.parse(answer.body)).toEqual({
      statusCode: 200,
      message: 'It was handled.',
    });
    expect(shop.handlers.calls).toEqual(['one', 'two']);
  });

  it('200 when nobody listens, and says so in the log unless told not to', async () => {
    const log = new LogBook();
    const customer = {
      topic: 'customer_created',
      id: 'evt-2',
      event: { resource: { first_name: 'Ana', phone_number: '+254712345678' } },
    };
    {
      await using shop = await openApp(Handlers, {}, log);
      expect((await shop.deliver(customer)).status).toBe(200);
    }
    expect(log.of('warn').join()).toContain('No handler hears webhook:evt-2');
    expect(log.lines.join()).not.toMatch(/712345678|Ana/);
    log.lines.length = 0;
    await using shop = await openApp(
      Handlers,
      { webhooks: { unhandled: 'ignore' } },
      log,
    );
    expect((await shop.deliver(customer)).status).toBe(200);
    expect(log.of('warn').join()).not.toContain('No handler hears');
  });

  it('401 when its signature is missing, wrong, doubled, in upper case, or of other bytes', async () => {
    await using shop = await openApp(Handlers);
    const body = JSON.stringify(buygoods());
    const signature = (await import('node:crypto'))
      .createHmac('sha256', 'k2-demo-api-key')
      .update(body)
      .digest('hex');
    const name = 'X-KopoKopo-Signature';
    for (const given of [
      undefined,
      '',
      signature.toUpperCase(),
      `${signature} `.repeat(2),
      `sha256=${signature}`,
      signature.slice(0, -1),
      [signature, signature],
    ]) {
      const answer = await shop.deliver(body, { headers: { [name]: given } });
      expect({ given, status: answer.status }).toEqual({ given, status: 401 });
      expect(answer.body).not.toContain(signature);
    }
    const other = await shop.deliver(`${body} `, {
      headers: { [name]: signature },
    });
    expect(other.status).toBe(401);
    expect(shop.handlers.calls).toEqual([]);
  });

  it('400 when it is signed and no JSON object', async () => {
    await using shop = await openApp(Handlers);
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    for (const body of ['', 'null', '[]', '"text"', '{"a":', deep]) {
      const { status } = await shop.deliver(body);
      expect({ body: body.slice(0, 9), status }).toEqual({
        body: body.slice(0, 9),
        status: 400,
      });
    }
  });

  it('200 whatever strange JSON it holds', async () => {
    await using shop = await openApp(Handlers);
    for (const body of [
      '{"topic":"buygoods_transaction_received","id":1e999,"event":{"resource":{"id":null,"amount":1e999}}}',
      '{"topic":"buygoods_transaction_received","id":"a","id":"b","event":null}',
      '{"__proto__":{"topic":"x"},"constructor":1}',
      `{"data":{"id":"1","type":"incoming_payment","attributes":${'{"event":'.repeat(5_000)}1${'}'.repeat(5_000)}}}`,
      '{}',
    ]) {
      expect((await shop.deliver(body)).status).toBe(200);
    }
    expect(({} as { topic?: unknown }).topic).toBeUndefined();
  });

  it('500 when a handler failed, also beside one that dropped it', async () => {
    const log = new LogBook();
    await using shop = await openApp(Handlers, {}, log);
    shop.handlers.first = failing('no stock for +254712345678 of Wanjiru');
    shop.handlers.second = () => {
      throw new KopoKopoDropDelivery('of another shop');
    };
    expect((await shop.deliver(buygoods())).status).toBe(500);
    const errors = log.of('error');
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('Handlers.one failed for webhook:evt-1');
    expect(errors[0]).not.toMatch(/712345678|Wanjiru|Ana/);
    expect(log.of('warn').join()).toContain(
      'Handlers.two drops webhook:evt-1: of another shop',
    );
  });

  it('200 when all that did not succeed dropped it', async () => {
    await using shop = await openApp(Handlers);
    shop.handlers.first = () => {
      throw new KopoKopoDropDelivery('of no use');
    };
    expect((await shop.deliver(buygoods())).status).toBe(200);
  });

  it.each<[string, unknown, number]>([
    ['a drop without a reason', new KopoKopoDropDelivery(undefined!), 200],
    [
      'a drop with an error',
      new KopoKopoDropDelivery(new Error('x') as never),
      200,
    ],
    ['nothing', undefined, 500],
    ['an object', { code: 5 }, 500],
    ['an error without texts', Object.assign(new Error(), { stack: 7 }), 500],
    [
      'an error that can not be read',
      Object.defineProperty(new Error(), 'stack', {
        get() {
          throw new Error('no');
        },
      }),
      500,
    ],
  ])('whatever a handler throws: %s', async (_what, thrown, status) => {
    const log = new LogBook();
    await using shop = await openApp(Handlers, {}, log);
    shop.handlers.first = () => {
      throw thrown;
    };
    expect((await shop.deliver(buygoods())).status).toBe(status);
    const level = status === 200 ? 'warn' : 'error';
    expect(log.of(level).join()).toContain('Handlers.one');
  });

  it('500 where the logger of the app throws, and the process goes on', async () => {
    const log = new LogBook();
    await using shop = await openApp(Handlers, {}, log);
    log.error = () => {
      throw new Error('the disk is full');
    };
    shop.handlers.first = failing('no stock');
    expect((await shop.deliver(buygoods())).status).toBe(500);
    expect((await shop.deliver(buygoods())).status).not.toBe(200);
  });

  it('503 when the time is over; the handler goes on, and what comes again meanwhile is not handled', async () => {
    await using shop = await openApp(Handlers, { webhooks: { timeout: 100 } });
    const gate = new Gate();
    shop.handlers.first = () => gate.passed;
    expect(await shop.deliver(buygoods())).toMatchObject({
      status: 503,
      headers: { 'retry-after': '10' },
    });
    expect((await shop.deliver(buygoods())).status).toBe(503);
    gate.open();
    await eventually(
      'the handler ends',
      async () => (await shop.deliver(buygoods())).status === 200,
    );
    expect(shop.handlers.calls).toEqual(['one', 'two']);
  });

  it('503 while the same is in hand, and 200 once it is done', async () => {
    await using shop = await openApp(Handlers);
    const gate = new Gate();
    const begun = new Gate();
    shop.handlers.first = () => {
      begun.open();
      return gate.passed;
    };
    const first = shop.deliver(buygoods());
    await begun.passed;
    expect((await shop.deliver(buygoods())).status).toBe(503);
    gate.open();
    expect((await first).status).toBe(200);
    const again = await shop.deliver(buygoods());
    expect(JSON.parse(again.body)).toEqual({
      statusCode: 200,
      message: 'It was handled before.',
    });
    expect(shop.handlers.calls).toEqual(['one', 'two']);
  });

  it('503 while the app shuts down, which finishes what it has in hand', async () => {
    const store = new MemoryStore();
    const shop = await openApp(Handlers, { store });
    const gate = new Gate();
    const begun = new Gate();
    shop.handlers.first = () => {
      shop.handlers.first = () => undefined;
      begun.open();
      return gate.passed;
    };
    const first = shop.deliver(buygoods());
    await begun.passed;
    const webhooks = shop.app.get(KopoKopoWebhooks);
    const closed = shop.app.close();
    const { signDelivery } = await import('../../lib/testing/index.js');
    const next = signDelivery(buygoods('other'), 'k2-demo-api-key');
    await eventually(
      'the app shuts down',
      async () =>
        (await webhooks.receive(next.body, next.headers)).status === 503,
    );
    gate.open();
    expect((await first).status).toBe(200);
    await closed;
  });

  it('503 and one line in the log when the key function fails, and it is asked again next time', async () => {
    const log = new LogBook();
    let keys: () => string = failing('vault says k2-demo-api-key');
    await using shop = await openApp(Handlers, { apiKey: () => keys() }, log);
    expect((await shop.deliver(buygoods())).status).toBe(503);
    expect((await shop.deliver(buygoods())).status).toBe(503);
    expect(log.of('warn')).toHaveLength(1);
    expect(log.lines.join()).not.toContain('k2-demo-api-key');
    keys = () => 'k2-demo-api-key';
    expect((await shop.deliver(buygoods())).status).toBe(200);
  });

  it('nothing when its client goes away: no handler hears half a delivery', async () => {
    await using shop = await openApp(Handlers);
    const { port } = new URL(shop.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      'POST /kopokopo/webhooks HTTP/1.1\r\nhost: a\r\ncontent-length: 500\r\n\r\n{"topic":',
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    expect((await shop.deliver(buygoods())).status).toBe(200);
    expect(shop.handlers.calls).toEqual(['one', 'two']);
  });
});

describe('a repeat', () => {
  it('calls only the handlers that have not succeeded', async () => {
    await using shop = await openApp(Handlers);
    shop.handlers.second = failing();
    expect((await shop.deliver(buygoods())).status).toBe(500);
    shop.handlers.second = () => undefined;
    expect((await shop.deliver(buygoods())).status).toBe(200);
    expect(shop.handlers.calls).toEqual(['one', 'two', 'two']);
  });

  it.each([
    ['other blanks and another order of keys', respaced(incomingPayment())],
    [
      'other links',
      JSON.stringify(incomingPayment()).replaceAll('https://', 'http://'),
    ],
  ])('of a result with %s is the same', async (_what, other) => {
    @Injectable()
    class Results {
      heard = 0;

      @OnKopoKopoResult('incoming_payment')
      ended(): void {
        this.heard += 1;
      }
    }
    await using shop = await openApp(Results);
    await shop.deliver(incomingPayment());
    expect((await shop.deliver(other)).status).toBe(200);
    expect(shop.handlers.heard).toBe(1);
    await shop.deliver(incomingPayment('pay-1', 'Failed'));
    expect(shop.handlers.heard).toBe(2);
  });

  it('by another subscription, with an event id of its own, is the same', async () => {
    await using shop = await openApp(Handlers);
    await shop.deliver(buygoods('res-1', 'evt-1'));
    await shop.deliver(buygoods('res-1', 'evt-2'));
    expect(shop.handlers.calls).toEqual(['one', 'two']);
  });

  it.each([1, 2, 3])('twenty at once are handled once (run %d)', async () => {
    await using shop = await openApp(Handlers);
    shop.handlers.first = () => new Promise((r) => setTimeout(r, 30));
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => shop.deliver(buygoods())),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((one) => one === 200)).not.toHaveLength(0);
    expect(new Set(statuses).size).toBeLessThanOrEqual(2);
    expect(shop.handlers.calls).toEqual(['one', 'two']);
  });
});

describe('a handler', () => {
  it('that takes longer than webhooks.longest is given up, and called again by the next delivery', async () => {
    const log = new LogBook();
    const options = { webhooks: { timeout: 5_000, longest: 80 } };
    await using shop = await openApp(Handlers, options, log);
    shop.handlers.first = () => new Promise(() => {});
    expect((await shop.deliver(buygoods())).status).toBe(500);
    expect(log.of('error').join()).toContain(
      'Handlers.one took longer than 80 ms for webhook:evt-1 and is given up',
    );
    shop.handlers.first = () => undefined;
    expect((await shop.deliver(buygoods())).status).toBe(200);
    expect(shop.handlers.calls).toEqual(['one', 'two', 'one']);
  });

  it('of a request-scoped provider has an instance of its own for each delivery', async () => {
    const seen: object[] = [];
    @Injectable({ scope: Scope.REQUEST })
    class Scoped {
      @OnAnyKopoKopoDelivery()
      take(): void {
        seen.push(this);
      }
    }
    @Injectable()
    class Root {}
    const { Module } = await import('@nestjs/common');
    const { NestFactory } = await import('@nestjs/core');
    const { KopoKopoModule } = await import('../../lib/index.js');
    const { QUIET_OPTIONS } = await import('./shop-app.js');
    @Module({
      imports: [KopoKopoModule.forRoot(QUIET_OPTIONS)],
      providers: [Scoped, Root],
    })
    class Shop {}
    const app = await NestFactory.create(Shop, { logger: false });
    await app.listen(0, '127.0.0.1');
    const url = `${await app.getUrl()}/kopokopo/webhooks`;
    expect((await deliver(url, buygoods('1'))).status).toBe(200);
    expect((await deliver(url, buygoods('2'))).status).toBe(200);
    expect(new Set(seen).size).toBe(2);
    await app.close();
  });

  it('that nothing can come to is named at boot: no apiKey, or an account that nobody has', async () => {
    @Injectable()
    class Lost {
      @OnKopoKopoWebhook(TOPIC, { account: 'shop-b' })
      take(): void {}

      @OnKopoKopoWebhook(TOPIC)
      also(): void {}
    }
    const log = new LogBook();
    await using shop = await openApp(Lost, { apiKey: undefined }, log);
    expect((await shop.deliver(buygoods())).status).toBe(404);
    expect(log.of('warn').join('\n')).toContain(
      'Lost.take hears account shop-b, and no KopoKopoModule has this name',
    );
    expect(log.of('warn').join('\n')).toContain(
      'account default has no apiKey',
    );
  });
});

function respaced(body: object): string {
  const turned = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .toReversed()
            .map(([key, one]) => [key, turned(one)]),
        )
      : value;
  return JSON.stringify(turned(body), null, 4);
}
