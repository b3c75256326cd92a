import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { describe, expect, it } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  KopoKopoModule,
  KopoKopoWebhooks,
  OnAnyKopoKopoDelivery,
  OnKopoKopoDaraja,
  OnKopoKopoWebhook,
} from '../../lib/index.js';
import { boot, failureOf, LogBook } from '../support/boot.js';
import { listen } from '../support/http-platforms.js';
import { buygoods, deliver } from './deliver.js';
import { openApp, QUIET_OPTIONS } from './shop-app.js';

type Layer = (
  request: IncomingMessage & { body?: unknown; rawBody?: unknown },
  response: ServerResponse,
  next: () => void,
) => void;

@Injectable()
class Everything {
  readonly heard: string[] = [];

  @OnAnyKopoKopoDelivery()
  any(_event: unknown, { key }: { key: string }): void {
    this.heard.push(key);
  }

  @OnKopoKopoDaraja()
  daraja(_event: unknown, { key }: { key: string }): void {
    this.heard.push(`daraja ${key}`);
  }
}

/** An app on a server of the user's own, in which something stands already. */
async function startBehind(layer: Layer, log = new LogBook()) {
  const adapter = new ExpressAdapter();
  adapter.use(Object.defineProperty(layer, 'name', { value: 'jsonParser' }));
  @Module({
    imports: [KopoKopoModule.forRoot(QUIET_OPTIONS)],
    providers: [Everything],
  })
  class Shop {}
  const app = await NestFactory.create(Shop, adapter, { logger: log });
  const url = `${await listen(app)}/kopokopo/webhooks`;
  const { heard } = app.get(Everything);
  return { url, heard, log, [Symbol.asyncDispose]: () => app.close() };
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('On a server that the app has made, a delivery', () => {
  it('is read before the parser that stands there', async () => {
    await using shop = await startBehind(async (request, _response, next) => {
      await bytesOf(request);
      next();
    });
    expect((await deliver(shop.url, buygoods())).status).toBe(200);
    expect(shop.heard).toEqual(['webhook:evt-1']);
  });

  it('that something in front of the module answers is named in the log, once', async () => {
    const log = new LogBook();
    @Module({
      imports: [KopoKopoModule.forRoot(QUIET_OPTIONS)],
      providers: [Everything],
    })
    class Shop {}
    const app = await NestFactory.create(Shop, { logger: log });
    app.use((_request: unknown, response: ServerResponse) => {
      response.statusCode = 403;
      response.end();
    });
    const url = `${await listen(app)}/kopokopo/webhooks`;
    for (let times = 0; times < 2; times++) {
      expect((await deliver(url, buygoods())).status).toBe(403);
    }
    const warnings = log.of('warn').filter((line) => line.includes('403'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('CSRF');
    await app.close();
  });
});

describe('Handlers', () => {
  it('hear Daraja’s form, and everything', async () => {
    await using shop = await openApp(Everything);
    const daraja = { TransID: 'SH1ABC2DEF', TransAmount: '150.0' };
    expect((await shop.deliver(daraja)).status).toBe(200);
    expect(shop.handlers.heard.toSorted()).toEqual([
      'daraja daraja::SH1ABC2DEF',
      'daraja::SH1ABC2DEF',
    ]);
  });

  it('must be methods, and name a word of Kopo Kopo’s', () => {
    const decorate = OnKopoKopoDaraja() as unknown as (
      target: object,
      key: string,
      descriptor: object,
    ) => void;
    expect(() => decorate({}, 'field', {})).toThrow('field is none');
    expect(() => OnKopoKopoWebhook('' as never)).toThrow(
      'OnKopoKopoWebhook needs a word',
    );
  });

  it.each([
    ['a text', 'lost', 'lost'],
    ['nothing', undefined, 'a undefined was thrown'],
    ['an error without a stack', noStack('no stock'), 'no stock'],
  ])('that throw %s are logged by it', async (_what, thrown, told) => {
    @Injectable()
    class Throwing {
      @OnAnyKopoKopoDelivery()
      take(): never {
        throw thrown;
      }
    }
    const log = new LogBook();
    await using shop = await openApp(Throwing, {}, log);
    expect((await shop.deliver(buygoods())).status).toBe(500);
    expect(log.of('error').join()).toContain(told);
  });
});

function noStack(message: string): Error {
  return Object.assign(new Error(message), { stack: undefined });
}

describe('apiKey as a function', () => {
  const body = JSON.stringify(buygoods());

  it.each([
    ['nothing', undefined, 'is missing'],
    ['an empty list', [], 'is an empty list'],
    ['a function', () => 'key', 'must be a text'],
  ])('that gives %s is told so', async (_what, given, told) => {
    const apiKey = () => given as unknown as string;
    await using shop = await openApp(Everything, { apiKey });
    const webhooks = shop.app.get(KopoKopoWebhooks);
    await expect(webhooks.verify(body, 'a'.repeat(64))).rejects.toThrow(told);
    expect((await shop.deliver(body)).status).toBe(503);
  });

  it('may give a list; without any key, verify says what to set', async () => {
    const apiKey = async () => ['other', 'k2-demo-api-key'];
    await using shop = await openApp(Everything, { apiKey });
    expect((await shop.deliver(body)).status).toBe(200);
    await using bare = await openApp(Everything, { apiKey: undefined });
    const webhooks = bare.app.get(KopoKopoWebhooks);
    await expect(webhooks.verify(body, 'a')).rejects.toThrow('without apiKey');
  });
});

describe('Options of webhooks', () => {
  it.each([
    [{ path: 'a:b' }, 'webhooks.path must be a path of letters'],
    [{ path: 7 }, 'webhooks.path must be a path of letters'],
    [{ publicUrl: 'shop.example' }, 'webhooks.publicUrl must be a URL'],
    [{ publicUrl: 'http://shop.example' }, 'must be a URL with https'],
    [{ publicUrl: 'https://a@shop.example/?b' }, 'and no user'],
    [{ limit: 1 }, 'webhooks.limit must be a whole number from 1024'],
    [{ unhandled: 'throw' }, 'must be one of warn, ignore'],
    [{ colour: 1 }, 'webhooks.colour is not an option'],
  ])('%j is refused at boot', async (webhooks, told) => {
    const options = { ...QUIET_OPTIONS, webhooks: webhooks as object };
    const error = await failureOf(
      Promise.resolve().then(() => boot(KopoKopoModule.forRoot(options))),
    );
    expect(error.message).toContain(told);
  });

  it('store must be one', async () => {
    const options = { ...QUIET_OPTIONS, store: {} as never };
    const error = await failureOf(
      Promise.resolve().then(() => boot(KopoKopoModule.forRoot(options))),
    );
    expect(error.message).toContain('store must be a KopoKopoStore');
  });
});
