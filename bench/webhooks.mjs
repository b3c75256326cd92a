// What deliveries cost: `npm run bench:webhooks`. Ratios are medians of alternating rounds within one run; the rows
// with Redis start a redis-server of their own.
import 'reflect-metadata';
import { createHmac, randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, request as httpRequest } from 'node:http';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Get, Module, Post, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  KopoKopoClient,
  KopoKopoModule,
  KopoKopoWebhooks,
  MemoryStore,
  OnKopoKopoResult,
  OnKopoKopoWebhook,
} from '../dist/esm/index.js';
import { BullMqDeliveryQueue } from '../dist/esm/events/bullmq/index.js';
import { RedisStore } from '../dist/esm/redis/index.js';
import { KopoKopoSandbox } from '../dist/esm/testing/index.js';
import { ratio, table } from './table.mjs';

const require = createRequire(import.meta.url);
const { default: Stripe } = await import('stripe');
const { Webhook } = require('svix');
const octokit = await import('@octokit/webhooks-methods');
const { WebhooksHelper } = require('square');
const { Webhooks: K2Webhooks } = require('k2-connect-node/lib/webhooks.js');

const KEY = 'k2-demo-api-key';
const rows = [];
const now = () => performance.now();
const sorted = (list) => list.toSorted((a, b) => a - b);
const median = (list) => sorted(list)[list.length >> 1];
const at = (list, share) =>
  sorted(list)[Math.min(list.length - 1, Math.floor(list.length * share))];

/** `must` is a limit from above, or from below with `atLeast`. */
function row(what, value, write, must, atLeast = false) {
  const isReached = atLeast ? value >= must : value <= must;
  rows.push([
    what,
    write(value),
    `${atLeast ? '≥' : '≤'} ${write(must)}`,
    isReached ? 'reached' : 'MISSED',
  ]);
  if (!isReached) process.exitCode = 1;
}

function delivery(id, event = randomUUID()) {
  const body = {
    topic: 'buygoods_transaction_received',
    id: event,
    created_at: '2026-08-01T09:15:30+03:00',
    event: {
      type: 'Buygoods Transaction',
      resource: {
        id,
        amount: '150.0',
        status: 'Received',
        system: 'Lipa Na M-PESA',
        currency: 'KES',
        reference: 'SH1ABC2DEF',
        till_number: '400001',
        sender_phone_number: '+254712345678',
        hashed_sender_phone: 'b'.repeat(64),
        origination_time: '2026-08-01T09:15:28+03:00',
        sender_first_name: 'Ana',
        sender_middle_name: null,
        sender_last_name: 'Wanjiru',
      },
    },
    _links: {
      self: `https://sandbox.kopokopo.com/webhook_events/${event}`,
      resource: `https://sandbox.kopokopo.com/financial_transaction/${id}/of-the-till`,
    },
  };
  const bytes = Buffer.from(JSON.stringify(body));
  const signature = createHmac('sha256', KEY).update(bytes).digest('hex');
  return { bytes, signature };
}

/** Microseconds of each work, in rounds that alternate. */
async function alternate(works, times = 2_000, rounds = 30) {
  const found = works.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, work] of works.entries()) {
      const begun = now();
      for (let n = 0; n < times; n += 1) await work();
      found[index].push(((now() - begun) * 1_000) / times);
    }
  }
  return found.map((list) => median(list.slice(5)));
}

const options = {
  baseUrl: 'http://127.0.0.1:1',
  clientId: 'client',
  clientSecret: 'secret',
  apiKey: KEY,
  token: { prefetch: 'off' },
  shutdown: { revoke: false },
};

// 1 and 2: verifying and parsing, beside other libraries on the same bytes.
async function verifying() {
  class Root {}
  Module({ imports: [KopoKopoModule.forRoot(options)] })(Root);
  const app = await NestFactory.createApplicationContext(Root, {
    logger: false,
  });
  const webhooks = app.get(KopoKopoWebhooks);
  const { bytes, signature } = delivery(randomUUID());
  const text = bytes.toString();

  const stripe = new Stripe('sk_test_none');
  const stripeHeader = stripe.webhooks.generateTestHeaderString({
    payload: text,
    secret: KEY,
  });
  const svix = new Webhook(`whsec_${Buffer.from(KEY).toString('base64')}`);
  const date = new Date();
  const svixHeaders = {
    'svix-id': 'msg_1',
    'svix-timestamp': String(Math.floor(date.getTime() / 1_000)),
    'svix-signature': svix.sign('msg_1', date, text),
  };
  const octokitSignature = await octokit.sign(KEY, text);
  const url = 'https://shop.example/hook';
  const squareHash = createHmac('sha256', KEY)
    .update(url + text)
    .digest('base64');
  const k2 = new K2Webhooks({
    clientSecret: 'secret',
    apiKey: KEY,
    baseUrl: options.baseUrl,
  });
  const parsed = JSON.parse(text);
  const k2Signature = createHmac('sha256', KEY)
    .update(JSON.stringify(parsed))
    .digest('hex');
  const response = { status: () => ({ json() {} }) };

  const works = {
    'createHmac alone': () =>
      createHmac('sha256', KEY).update(bytes).digest('hex'),
    'ours: verify': () => webhooks.verify(bytes, signature),
    'ours: verify and parse': async () =>
      (await webhooks.verify(bytes, signature)) && webhooks.parse(bytes),
    'stripe: constructEvent': () =>
      stripe.webhooks.constructEvent(text, stripeHeader, KEY),
    'svix: verify': () => svix.verify(text, svixHeaders),
    'octokit: verify': () => octokit.verify(KEY, text, octokitSignature),
    'square: verifySignature': () =>
      WebhooksHelper.verifySignature({
        requestBody: text,
        signatureHeader: squareHash,
        signatureKey: KEY,
        notificationUrl: url,
      }),
    'k2-connect-node: webhookHandler': () =>
      k2.webhookHandler(
        { body: JSON.parse(text), get: () => k2Signature },
        response,
      ),
  };
  const names = Object.keys(works);
  const took = await alternate(Object.values(works));
  const time = Object.fromEntries(names.map((name, n) => [name, took[n]]));
  process.stdout.write(
    `${table(
      [`${bytes.byteLength} bytes`, 'time', 'of createHmac'],
      names.map((name) => [
        name,
        `${time[name].toFixed(1)} µs`,
        ratio(time[name] / time['createHmac alone']),
      ]),
    )}\n\n`,
  );
  row(
    '`verify` of `createHmac` alone',
    time['ours: verify'] / time['createHmac alone'],
    ratio,
    1.2,
  );
  row(
    "verify and parse of stripe's `constructEvent`",
    time['ours: verify and parse'] / time['stripe: constructEvent'],
    ratio,
    0.8,
  );
  await app.close();
}

/** Sends deliveries on kept connections; gives how many a second. */
async function load(url, bodies, lanes = 32) {
  const agent = new Agent({ keepAlive: true, maxSockets: lanes });
  const waiting = [...bodies];
  const send = ({ bytes, signature, method = 'POST' }) =>
    new Promise((resolve, reject) => {
      const call = httpRequest(url, {
        method,
        agent,
        headers:
          method === 'GET'
            ? {}
            : {
                'content-type': 'application/json',
                'content-length': bytes.byteLength,
                'x-kopokopo-signature': signature,
              },
      });
      call.once('error', reject);
      call.once('response', (response) => {
        response.resume().once('end', () => resolve(response.statusCode));
      });
      call.end(method === 'GET' ? undefined : bytes);
    });
  const begun = now();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let one = waiting.pop(); one; one = waiting.pop()) {
        const status = await send(one);
        if (status >= 300) throw new Error(`${url} answered ${status}`);
      }
    }),
  );
  const rate = (bodies.length * 1_000) / (now() - begun);
  agent.destroy();
  return rate;
}

function deliveries(count) {
  return Array.from({ length: count }, () => delivery(randomUUID()));
}

// 3 to 5: a whole app, on both adapters.
async function throughput(name, adapter, limits) {
  class Orders {
    async take() {}
  }
  OnKopoKopoWebhook('buygoods_transaction_received')(
    Orders.prototype,
    'take',
    Object.getOwnPropertyDescriptor(Orders.prototype, 'take'),
  );
  class Other {
    hello() {
      return { hello: 'world' };
    }
  }
  Controller('hello')(Other);
  Get()(
    Other.prototype,
    'hello',
    Object.getOwnPropertyDescriptor(Other.prototype, 'hello'),
  );
  /** A controller as one writes it with rawBody: true. */
  const controllerOf = (take) => {
    class Hooks {
      constructor(webhooks) {
        this.webhooks = webhooks;
      }
      take(request) {
        return take(this.webhooks, request);
      }
    }
    Reflect.defineMetadata('design:paramtypes', [KopoKopoWebhooks], Hooks);
    Controller('hooks')(Hooks);
    Post()(
      Hooks.prototype,
      'take',
      Object.getOwnPropertyDescriptor(Hooks.prototype, 'take'),
    );
    Req()(Hooks.prototype, 'take', 0);
    return Hooks;
  };
  const open = async (module, settings = {}) => {
    const app = await NestFactory.create(module, adapter(), {
      logger: false,
      ...settings,
    });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address();
    return { app, url: `http://127.0.0.1:${port}` };
  };
  const own = (providers, controllers = [Other]) => {
    class Root {}
    Module({
      imports: [KopoKopoModule.forRoot(options)],
      providers,
      controllers,
    })(Root);
    return Root;
  };
  class Bare {}
  Module({ controllers: [Other] })(Bare);

  const module = await open(own([Orders]));
  const receiving = await open(
    own(
      [Orders],
      [
        controllerOf(async (webhooks, { rawBody, headers }) => {
          await webhooks.receive(rawBody, headers);
        }),
      ],
    ),
    { rawBody: true },
  );
  const verifyingOnly = await open(
    own(
      [],
      [
        controllerOf(async (webhooks, { rawBody, headers }) => {
          const signature = headers['x-kopokopo-signature'];
          if (await webhooks.verify(rawBody, signature)) {
            webhooks.parse(rawBody);
          }
        }),
      ],
    ),
    { rawBody: true },
  );
  const bare = await open(Bare);
  const apps = [module, receiving, verifyingOnly, bare];

  const COUNT = 1_500;
  const ROUNDS = 9;
  const gets = Array.from({ length: COUNT }, () => ({ method: 'GET' }));
  const rates = { module: [], receive: [], verify: [], with: [], without: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const sent = [deliveries(COUNT), deliveries(COUNT), deliveries(COUNT)];
    const path = '/kopokopo/webhooks';
    rates.module.push(await load(module.url + path, sent[0]));
    rates.receive.push(await load(`${receiving.url}/hooks`, sent[1]));
    rates.verify.push(await load(`${verifyingOnly.url}/hooks`, sent[2]));
    rates.with.push(await load(`${module.url}/hello`, gets));
    rates.without.push(await load(`${bare.url}/hello`, gets));
  }
  const of = (one, other) =>
    median(
      rates[one].slice(2).map((rate, n) => rate / rates[other].slice(2)[n]),
    );
  const perSecond = Math.round(median(rates.module.slice(2)));
  row(
    `${name}: ${perSecond} handled deliveries a second, of a controller that calls \`receive()\``,
    of('module', 'receive'),
    ratio,
    limits.receive,
    true,
  );
  row(
    `${name}: the same, of a controller that only verifies and parses`,
    of('module', 'verify'),
    ratio,
    limits.verify,
    true,
  );
  row(
    `${name}: the app's other routes, of those without the module`,
    of('with', 'without'),
    ratio,
    0.97,
    true,
  );
  await Promise.all(apps.map(({ app }) => app.close()));
}

/** Counts the steps of a store. */
class Counting {
  steps = 0;
  constructor(inner) {
    this.inner = inner;
  }
  read(...args) {
    this.steps += 1;
    return this.inner.read(...args);
  }
  swap(...args) {
    this.steps += 1;
    return this.inner.swap(...args);
  }
  close() {
    return this.inner.close();
  }
}

// 6: the ledger.
async function ledger(redisUrl) {
  const { DeliveryLedger } =
    await import('../dist/esm/events/delivery.ledger.js');
  const { StoreKeeper } = await import('../dist/esm/store/store-keeper.js');
  const { systemRuntime } = await import('../dist/esm/time/runtime.js');
  const { resolveOptions } =
    await import('../dist/esm/config/options.resolver.js');
  const make = (store) =>
    new DeliveryLedger(
      new StoreKeeper(store),
      resolveOptions({ ...options, store }),
      systemRuntime(),
    );
  const handle = async (of) => {
    const id = randomUUID();
    const one = { kind: 'webhook', key: id, resourceKey: id };
    const claim = await of.claim(one, ['Orders.take']);
    claim.succeeded('Orders.take');
    await claim.end();
  };
  const inMemory = make(new MemoryStore());
  const [memory] = await alternate([() => handle(inMemory)], 1_000, 25);
  row(
    'claim and finish in memory',
    memory,
    (value) => `${value.toFixed(1)} µs`,
    10,
  );
  const counting = new Counting(new RedisStore({ url: redisUrl }));
  const onRedis = make(counting);
  // The first one asks for the clock of the store.
  await handle(onRedis);
  counting.steps = 0;
  for (let n = 0; n < 100; n += 1) await handle(onRedis);
  row(
    'claim and finish on Redis, round trips',
    counting.steps / 100,
    (value) => value.toFixed(2),
    2,
  );
  await counting.close();
}

// 7: what a reference and the looks for results add to a creation.
async function creations(redisUrl) {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.url.startsWith('/oauth')) {
        const token = { access_token: 'a'.repeat(43), expires_in: 3_600 };
        response.end(JSON.stringify(token));
      } else {
        const location = `${request.url}/${randomUUID()}`;
        response.writeHead(201, { location }).end();
      }
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const baseUrl = `http://127.0.0.1:${server.address().port}`;
  const open = async (given) => {
    class Root {}
    Module({
      imports: [KopoKopoModule.forRoot({ ...options, baseUrl, ...given })],
    })(Root);
    const app = await NestFactory.createApplicationContext(Root, {
      logger: false,
    });
    return { app, client: app.get(KopoKopoClient) };
  };
  const plain = await open({});
  const noted = await open({
    clientId: 'noted',
    store: new RedisStore({ url: redisUrl }),
    results: { check: true },
  });
  const create = ({ client }, reference) =>
    client.incomingPayments.create({
      tillNumber: 'K700001',
      phoneNumber: '0712345678',
      amount: 150,
      reference,
      callbackUrl: 'https://shop.example/k2',
    });
  // 10,000 requests without an end.
  for (let n = 0; n < 10_000; n += 100) {
    await Promise.all(
      Array.from({ length: 100 }, () => create(noted, randomUUID())),
    );
  }
  const took = { plain: [], noted: [] };
  const timed = async (list, work) => {
    const begun = now();
    await work();
    list.push(now() - begun);
  };
  // 100 a second, one of each kind in turn.
  const all = [];
  for (let n = 0; n < 1_500; n += 1) {
    all.push(
      n % 2
        ? timed(took.plain, () => create(plain))
        : timed(took.noted, () => create(noted, randomUUID())),
    );
    await sleep(5);
  }
  await Promise.all(all);
  const msOf = (value) => `${value.toFixed(1)} ms`;
  const [one, other] = [took.noted.slice(100), took.plain.slice(100)];
  row(
    '`create` with `reference` and `results` on Redis, 10,000 open: added at the median',
    median(one) - median(other),
    msOf,
    3,
  );
  row(
    'the same, added at the 99th percentile',
    at(one, 0.99) - at(other, 0.99),
    msOf,
    10,
  );
  await Promise.all([plain.app.close(), noted.app.close()]);
  server.close();
}

// 8: the durable engine.
async function durable(redisUrl) {
  class Orders {
    async take() {}
  }
  OnKopoKopoWebhook('buygoods_transaction_received')(
    Orders.prototype,
    'take',
    Object.getOwnPropertyDescriptor(Orders.prototype, 'take'),
  );
  class Root {}
  Module({
    imports: [
      KopoKopoModule.forRoot({
        ...options,
        store: new RedisStore({ url: redisUrl }),
        webhooks: { queue: new BullMqDeliveryQueue({ url: redisUrl }) },
      }),
    ],
    providers: [Orders],
  })(Root);
  const app = await NestFactory.create(Root, { logger: false });
  await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${app.getHttpServer().address().port}/kopokopo/webhooks`;
  const took = [];
  const all = [];
  for (let n = 0; n < 600; n += 1) {
    all.push(
      (async () => {
        const begun = now();
        await load(url, [delivery(randomUUID())], 1);
        took.push(now() - begun);
      })(),
    );
    await sleep(20);
  }
  await Promise.all(all);
  row(
    '200 by the durable engine, 50 a second, at the 99th percentile',
    at(took.slice(50), 0.99),
    (value) => `${value.toFixed(1)} ms`,
    10,
  );
  await app.close();
}

// 9: a lost callback.
async function lostCallback() {
  const sandbox = await KopoKopoSandbox.start();
  let handled;
  const done = new Promise((resolve) => (handled = resolve));
  class Orders {
    async ended() {
      handled(now());
    }
  }
  OnKopoKopoResult('incoming_payment')(
    Orders.prototype,
    'ended',
    Object.getOwnPropertyDescriptor(Orders.prototype, 'ended'),
  );
  class Root {}
  Module({
    imports: [KopoKopoModule.forRoot(sandbox.moduleOptions)],
    providers: [Orders],
  })(Root);
  const app = await NestFactory.createApplicationContext(Root, {
    logger: false,
  });
  const { id } = await app.get(KopoKopoClient).incomingPayments.create({
    tillNumber: 'K700001',
    phoneNumber: '0712345678',
    amount: 150,
    callbackUrl: 'http://127.0.0.1:1/never',
  });
  sandbox.pay(id);
  const ended = now();
  row(
    'lost callback: from the end at Kopo Kopo to the handler, by default',
    ((await done) - ended) / 1_000,
    (value) => `${value.toFixed(1)} s`,
    35,
  );
  await app.close();
  await sandbox.stop();
}

async function startRedis() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  const redis = spawn(
    'redis-server',
    `--port ${port} --bind 127.0.0.1 --save  --appendonly no`.split(' '),
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  for await (const line of createInterface(redis.stdout)) {
    if (line.includes('Ready to accept connections')) break;
  }
  redis.stdout.resume();
  return { redis, url: `redis://127.0.0.1:${port}` };
}

/** `node bench/webhooks.mjs ledger` measures one of them. */
const only = process.argv.slice(2);
const wanted = (name) => only.length === 0 || only.includes(name);

// An application context without work keeps no process alive.
const alive = setInterval(() => {}, 1_000);
if (wanted('lost')) await lostCallback();
if (wanted('verify')) await verifying();
if (wanted('express')) {
  await throughput('Express', () => new ExpressAdapter(), {
    receive: 1,
    verify: 0.85,
  });
}
if (wanted('fastify')) {
  await throughput('Fastify', () => new FastifyAdapter(), {
    receive: 0.95,
    verify: 0.65,
  });
}
const { redis, url } = await startRedis();
try {
  if (wanted('ledger')) await ledger(url);
  if (wanted('create')) await creations(url);
  if (wanted('durable')) await durable(url);
} finally {
  redis.kill('SIGKILL');
}
process.stdout.write(`${table(['what', 'found', 'must', ''], rows)}\n`);
clearInterval(alive);
process.exit();
