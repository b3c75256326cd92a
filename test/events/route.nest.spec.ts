import {
  Body,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  Injectable,
  type INestApplication,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  type Type,
  All,
  type NestApplicationOptions,
  Post,
  RequestMethod,
  VersioningType,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AsyncLocalStorage } from 'node:async_hooks';
import { gzipSync } from 'node:zlib';
import {
  type IncomingPayment,
  type KopoKopoDelivery,
  KopoKopoModule,
  type KopoKopoModuleExtras,
  type KopoKopoModuleOptions,
  OnKopoKopoResult,
  OnKopoKopoWebhook,
  type Transaction,
} from '../../lib/index.js';
import { LogBook } from '../support/boot.js';
import { HTTP_PLATFORMS, listen } from '../support/http-platforms.js';
import { buygoods, deliver, type DeliverHow } from './deliver.js';
import { QUIET_OPTIONS } from './shop-app.js';

const context = new AsyncLocalStorage<string>();

@Injectable()
class ShopHandlers {
  readonly heard: { event: unknown; delivery: KopoKopoDelivery }[] = [];
  readonly contexts: (string | undefined)[] = [];

  @OnKopoKopoWebhook('buygoods_transaction_received')
  async received(event: Transaction, delivery: KopoKopoDelivery) {
    this.contexts.push(context.getStore());
    this.heard.push({ event, delivery });
  }

  @OnKopoKopoResult('incoming_payment')
  async ended(event: IncomingPayment, delivery: KopoKopoDelivery) {
    this.heard.push({ event, delivery });
  }
}

@Injectable()
class NobodyGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Catch()
class TeapotFilter implements ExceptionFilter {
  catch(_error: unknown, host: Parameters<ExceptionFilter['catch']>[1]): void {
    const response = host.switchToHttp().getResponse<{
      status(code: number): { send(body: object): void };
    }>();
    response.status(418).send({});
  }
}

@Controller()
class ShopController {
  @Post('orders')
  create(@Body() body: unknown): unknown {
    return { body };
  }

  @All('shop/kopokopo/webhooks')
  own(): string {
    return 'the shop’s own';
  }

  @Get('kopokopo/webhooks')
  look(): string {
    return 'the shop’s own GET';
  }
}

@Controller()
class WildcardController {
  @All('*')
  all(): string {
    return 'wildcard';
  }
}

interface Shape {
  name: string;
  controllers?: Type[];
  providers?: object[];
  options?: Partial<KopoKopoModuleOptions> & KopoKopoModuleExtras;
  create?: NestApplicationOptions;
  prepare?: (app: INestApplication) => void;
  path?: string;
  /** In front of the app's own routes. */
  ordersAt?: string;
  middleware?: boolean;
}

/** Ways in which apps are set up; each has the route without a line in main.ts. */
const SHAPES: Shape[] = [
  { name: 'a plain app' },
  { name: 'an app with isGlobal', options: { isGlobal: true } },
  { name: 'a raw body', create: { rawBody: true } },
  { name: 'no body parser', create: { bodyParser: false } },
  {
    name: 'a global prefix',
    ordersAt: '/api',
    prepare: (app) => app.setGlobalPrefix('api'),
    path: '/api/kopokopo/webhooks',
  },
  {
    name: 'a global prefix that excludes it',
    ordersAt: '/api',
    prepare: (app) =>
      app.setGlobalPrefix('api', {
        exclude: [{ path: 'kopokopo/webhooks', method: RequestMethod.POST }],
      }),
  },
  {
    name: 'versions in its URLs',
    ordersAt: '/v1',
    prepare: (app) =>
      app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
  },
  {
    name: 'a prefix and versions',
    ordersAt: '/api/v1',
    prepare: (app) => {
      app.setGlobalPrefix('/api/');
      app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    },
    path: '/api/kopokopo/webhooks',
  },
  { name: 'a wildcard route', controllers: [WildcardController] },
  {
    name: 'a guard that lets nobody in',
    providers: [{ provide: APP_GUARD, useClass: NobodyGuard }],
  },
  {
    name: 'a filter that catches all',
    providers: [{ provide: APP_FILTER, useClass: TeapotFilter }],
  },
  { name: 'middleware of its own', middleware: true },
  {
    name: 'a path of its own',
    options: { webhooks: { path: 'hooks/k2/' } },
    path: '/hooks/k2',
  },
  {
    name: 'a named instance',
    options: { name: 'shop:b' },
    path: '/kopokopo/webhooks/shop-b',
  },
];

function shopOf(
  { controllers = [], providers = [], options = {}, middleware }: Shape,
  hasModule = true,
): Type {
  @Module({
    imports: hasModule
      ? [KopoKopoModule.forRoot({ ...QUIET_OPTIONS, ...options })]
      : [],
    controllers: [ShopController, ...controllers],
    providers: [ShopHandlers, ...(providers as Type[])],
  })
  class ShopModule implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      if (!middleware) return;
      consumer
        .apply((_request: unknown, _response: unknown, next: () => void) =>
          context.run('of the request', next),
        )
        .forRoutes('{*splat}');
    }
  }
  return ShopModule;
}

/** Requests that are none of the module's. */
const OTHERS = [
  { type: 'application/json', body: '{"total":100.0}' },
  { type: 'application/json', body: '{"total":' },
  { type: 'text/plain', body: 'café' },
  { type: 'application/json', body: '{}', path: '/shop/kopokopo/webhooks' },
];

async function answerOf(
  url: string,
  { ordersAt = '' }: Shape,
  { type, body, path = '/orders' }: (typeof OTHERS)[number] & { path?: string },
): Promise<object> {
  const answer = await fetch(url + ordersAt + path, {
    method: 'POST',
    headers: { 'Content-Type': type },
    body,
  });
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    body: await answer.text(),
  };
}

let app: INestApplication | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

describe.each(HTTP_PLATFORMS)('an app on $platform with', (platform) => {
  const log = new LogBook();

  async function start(shape: Shape, how: 'factory' | 'testing' = 'factory') {
    log.lines.length = 0;
    const shop = shopOf(shape);
    const create = { ...shape.create, logger: log };
    if (how === 'factory') {
      app = await NestFactory.create(shop, platform.adapter(), create);
    } else {
      const module = await Test.createTestingModule({
        imports: [shop],
      }).compile();
      app = module.createNestApplication(platform.adapter(), create);
    }
    shape.prepare?.(app);
    const url = await listen(app);
    const path = shape.path ?? '/kopokopo/webhooks';
    const handlers = app.get(ShopHandlers);
    return {
      url,
      handlers,
      deliver: (body: string | Buffer | object, sent?: DeliverHow) =>
        deliver(url + path, body, sent),
    };
  }

  // Pairwise: each shape is made in one way on one adapter, and in the other way on the other.
  const shapes = SHAPES.map((shape, index) => {
    const isEven =
      (index + (platform.platform === 'Express' ? 0 : 1)) % 2 === 0;
    return {
      ...shape,
      how: isEven ? ('factory' as const) : ('testing' as const),
    };
  });
  /** The same app without the module. */
  async function without(shape: Shape) {
    const bare = shopOf(shape, false);
    const twin = await NestFactory.create(bare, platform.adapter(), {
      ...shape.create,
      logger: false,
    });
    shape.prepare?.(twin);
    return { app: twin, url: await listen(twin) };
  }

  describe('set up with', () => {
    it.each(shapes)(
      '$name, made by a $how, takes deliveries by their exact bytes, and its other routes answer as without the module',
      async ({ how, ...shape }) => {
        const { handlers, deliver: send, url } = await start(shape, how);
        // Parsed and written again, it would be another text.
        const text = JSON.stringify(buygoods()).replace('"150.0"', '150.0');
        const bytes = Buffer.from(`${text.slice(0, -1)},"note":"café <ok>"}`);
        for (const sent of [
          {},
          { chunked: true },
          { headers: { 'Content-Type': 'application/json; charset=utf-8' } },
          { headers: { 'Content-Type': undefined } },
          { headers: { 'Content-Type': 'text/plain' } },
          { headers: { 'Content-Type': 'application/vnd.k2+json' } },
        ]) {
          handlers.heard.length = 0;
          const distinct =
            `${bytes.toString().slice(0, -1)},"n":"${JSON.stringify(sent)
              .replaceAll('"', '')
              .replaceAll('\\', '')}"}`.replace(
              'res-1',
              `res-${Math.random()}`,
            );
          expect(await send(distinct, sent)).toMatchObject({ status: 200 });
          expect(handlers.heard).toHaveLength(1);
          const [{ delivery }] = handlers.heard as [(typeof handlers.heard)[0]];
          expect(delivery.rawBody.toString()).toBe(distinct);
        }
        const twin = await without(shape);
        for (const other of OTHERS) {
          expect(await answerOf(url, shape, other)).toEqual(
            await answerOf(twin.url, shape, other),
          );
        }
        await twin.app.close();
      },
    );
  });

  it('middleware of its own has its async context in the handlers', async () => {
    const { handlers, deliver: send } = await start({
      name: '',
      middleware: true,
    });
    await send(buygoods());
    expect(handlers.contexts).toEqual(['of the request']);
  });

  it('deliveries is tolerant of the path as its router is, and no more', async () => {
    const { url, handlers } = await start({ name: '' });
    for (const [n, path] of [
      '/kopokopo/webhooks/',
      '/KopoKopo/Webhooks',
      '/kopokopo/webhooks?a=b',
    ].entries()) {
      expect(await deliver(url + path, buygoods(`res-${n}`))).toMatchObject({
        status: 200,
      });
    }
    expect(handlers.heard).toHaveLength(3);
    // Fastify decodes a path before it compares it, Express does not.
    const encoded = await deliver(`${url}/kopokopo/%77ebhooks`, buygoods());
    const isOurs = platform.platform === 'Fastify';
    expect(encoded.status).toBe(isOurs ? 200 : 404);
    expect((await deliver(`${url}/shop/kopokopo/webhooks`, {})).body).toBe(
      'the shop’s own',
    );
    expect(await deliver(`${url}/kopokopo/webhooks/x`, {})).toMatchObject({
      status: 404,
    });
    const get = await fetch(`${url}/kopokopo/webhooks`);
    expect(await get.text()).toBe('the shop’s own GET');
    expect(
      (await deliver(`${url}/kopokopo/webhooks`, {}, { method: 'PUT' })).status,
    ).toBe(404);
  });

  it('deliveries refuses what is too large or compressed before it looks at the signature', async () => {
    const {
      deliver: send,
      handlers,
      url,
    } = await start({
      name: '',
      options: { webhooks: { limit: 2_048 } },
    });
    const large = JSON.stringify({ filling: 'x'.repeat(10_000_000) });
    expect((await send(large)).status).toBe(413);
    // The answer comes while the body is still on its way: its sender sees it, or a connection that is cut.
    const end = await send(large, { chunked: true }).then(
      ({ status }) => `answered ${status}`,
      ({ code }: { code: string }) => `cut: ${code}`,
    );
    expect(end).toMatch(/^(answered 413|cut: (ECONNRESET|EPIPE))$/);
    expect(handlers.heard).toEqual([]);
    const zipped = gzipSync(JSON.stringify(buygoods()));
    expect(
      (await send(zipped, { headers: { 'content-encoding': 'gzip' } })).status,
    ).toBe(415);
    expect((await send(buygoods())).status).toBe(200);
    expect(
      (
        await fetch(`${url}/orders`, {
          method: 'POST',
          body: '{}',
          headers: { 'content-type': 'application/json' },
        })
      ).status,
    ).toBe(201);
  });

  it('handlers says in its log which route, which account and which handlers it has', async () => {
    await start({ name: '', prepare: (one) => one.setGlobalPrefix('api') });
    expect(
      log.of('log').filter((line) => line.includes('takes the deliveries')),
    ).toEqual([
      'log POST /api/kopokopo/webhooks takes the deliveries of account default: ShopHandlers.received (buygoods_transaction_received), ShopHandlers.ended (incoming_payment). KopoKopoWebhooks',
    ]);
  });

  it('two accounts on one path knows whose a delivery is by the key that fits', async () => {
    const webhooks = { path: 'hooks' };
    const shop = shopOf({ name: '', options: { webhooks } });
    const second = KopoKopoModule.forRoot({
      ...QUIET_OPTIONS,
      name: 'shop-b',
      apiKey: ['key of b', 'older key of b'],
      webhooks,
    });
    @Module({ imports: [shop, second] })
    class TwoShops {}
    app = await NestFactory.create(TwoShops, platform.adapter(), {
      logger: false,
    });
    const url = `${await listen(app)}/hooks`;
    const { heard } = app.get(ShopHandlers);

    expect(await deliver(url, buygoods('1'))).toMatchObject({ status: 200 });
    for (const key of ['key of b', 'older key of b']) {
      const answer = await deliver(url, buygoods(key), { key });
      expect(answer.status).toBe(200);
    }
    expect((await deliver(url, buygoods(), { key: 'none' })).status).toBe(401);
    expect(heard.map(({ delivery }) => delivery.account)).toEqual([
      'default',
      'shop-b',
      'shop-b',
    ]);
  });
});
