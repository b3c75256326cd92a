import './support.mjs';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { ConfigModule } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import {
  KopoKopoClient,
  KopoKopoHttpService,
  KopoKopoModule,
  OnKopoKopoResult,
  TokenService,
} from 'nestjs-kopokopo';
import { BullMqDeliveryQueue } from 'nestjs-kopokopo/bullmq';
import { kopokopoConfig } from 'nestjs-kopokopo/config';
import { RedisStore, RedisTokenStore } from 'nestjs-kopokopo/redis';
import { KopoKopoSandbox } from 'nestjs-kopokopo/testing';
import { failureOf, QUICK, serve } from './support.mjs';

const require = createRequire(import.meta.url);
const { dependencies } = require('./package.json');

function context(options, imports = []) {
  return NestFactory.createApplicationContext(
    {
      module: class Root {},
      imports: [...imports, KopoKopoModule.forRoot({ ...QUICK, ...options })],
    },
    { logger: false, abortOnError: false },
  );
}

test('the versions installed are the ones that are named', () => {
  for (const [name, version] of Object.entries(dependencies)) {
    assert.equal(
      require(`./node_modules/${name}/package.json`).version,
      version,
    );
  }
});

test('an app on Express boots, gets a token, pays, looks, and revokes at close', async () => {
  const sandbox = await KopoKopoSandbox.start({ api: 'scripted' });
  const app = await NestFactory.create(
    {
      module: class Root {},
      imports: [KopoKopoModule.forRoot({ ...QUICK, ...sandbox.moduleOptions })],
    },
    { logger: false },
  );
  await app.listen(0, '127.0.0.1');
  const http = app.get(KopoKopoHttpService);
  const created = await http.post('send_money', { number: 1 });
  assert.equal(created.status, 201);
  assert.equal((await http.get(created.headers.location)).status, 200);
  assert.equal(sandbox.created.length, 1);
  assert.equal(sandbox.counters.token, 1);
  await app.close();
  assert.deepEqual(sandbox.liveTokens, []);
  await sandbox.stop();
});

test('a call after a 401 is sent once more with a new token', async () => {
  const sandbox = await KopoKopoSandbox.start({ api: 'scripted' });
  const app = await context(sandbox.moduleOptions);
  const http = app.get(KopoKopoHttpService);
  await http.get('ping');
  sandbox.revokeAllTokens();
  assert.equal((await http.post('send_money', {})).status, 201);
  await app.close();
  assert.deepEqual(sandbox.liveTokens, []);
  await sandbox.stop();
});

test('the environment sets an app up through ConfigModule', async () => {
  const sandbox = await KopoKopoSandbox.start({ api: 'scripted' });
  const { baseUrl, clientId, clientSecret } = sandbox.moduleOptions;
  Object.assign(process.env, {
    KOPOKOPO_BASE_URL: baseUrl,
    KOPOKOPO_CLIENT_ID: clientId,
    KOPOKOPO_CLIENT_SECRET: clientSecret,
    KOPOKOPO_TOKEN_PREFETCH: 'required',
  });
  const app = await NestFactory.createApplicationContext(
    {
      module: class Root {},
      imports: [
        ConfigModule.forRoot(),
        KopoKopoModule.forRootAsync(kopokopoConfig.asProvider()),
      ],
    },
    { logger: false, abortOnError: false },
  );
  assert.equal(sandbox.liveTokens.length, 1);
  await app.close();
  assert.deepEqual(sandbox.liveTokens, []);
  await sandbox.stop();
});

const WHOLE = gzipSync(JSON.stringify({ access_token: 'a'.repeat(5_000) }));
const BODIES = {
  'a gzip answer that is cut half-way': WHOLE.subarray(0, WHOLE.length >> 1),
  'an answer that says gzip and is none': Buffer.from('{"not":"gzip"}'),
};
const GOOD =
  '{"access_token":"good-token","token_type":"Bearer","expires_in":3600}';

for (const [what, body] of Object.entries(BODIES)) {
  test(`a POST ends after ${what}, and is never said to be refused`, async () => {
    const server = await serve(({ url }, response) => {
      if (url.startsWith('/oauth/')) return response.end(GOOD);
      return response.writeHead(201, { 'Content-Encoding': 'gzip' }).end(body);
    });
    const app = await context({
      baseUrl: server.url,
      clientId: 'cl_lowest',
      clientSecret: 'not-told',
    });
    const became = await app
      .get(KopoKopoHttpService)
      .post('send_money', {})
      .then(
        ({ status }) => `status ${status}`,
        ({ outcome }) => `outcome ${outcome}`,
      );
    // The 201 has come in any case; what is lost is a body that says nothing.
    assert.match(became, /^(status 201|outcome unknown)$/);
    await app.close();
    await server.close();
  });

  test(`getToken() fails after ${what}, and works again`, async () => {
    let isBroken = true;
    const server = await serve((_request, response) => {
      if (!isBroken) return response.end(GOOD);
      return response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(body);
    });
    const app = await context({
      baseUrl: server.url,
      clientId: 'cl_lowest',
      clientSecret: 'not-told',
      shutdown: { timeout: 1_000 },
    });
    const tokens = app.get(TokenService);
    const error = await failureOf(tokens.getToken());
    assert.match(error.code, /^KOPOKOPO_/);
    isBroken = false;
    let token;
    while (token === undefined) {
      token = await tokens.getToken().catch(() => undefined);
      await new Promise((done) => setTimeout(done, 20));
    }
    assert.equal(token.value, 'good-token');
    await app.close();
    await server.close();
  });
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

test('two apps share one token over Redis, and the last one out revokes it', async () => {
  const { redis, url } = await startRedis();
  const sandbox = await KopoKopoSandbox.start({ api: 'scripted' });
  try {
    const pod = () =>
      context({
        ...sandbox.moduleOptions,
        token: { ...QUICK.token, store: new RedisTokenStore({ url }) },
      });
    const apps = [await pod(), await pod()];
    const got = await Promise.all(
      apps.map((app) => app.get(TokenService).getToken()),
    );
    assert.equal(got[0].value, got[1].value);
    assert.equal(sandbox.counters.token, 1);
    await apps[0].close();
    assert.equal(sandbox.liveTokens.length, 1);
    await apps[1].close();
    assert.deepEqual(sandbox.liveTokens, []);
  } finally {
    redis.kill('SIGKILL');
    await sandbox.stop();
  }
});

test('a delivery goes through BullMQ to its handler, and a lost one is looked for', async () => {
  const { redis, url } = await startRedis();
  const sandbox = await KopoKopoSandbox.start();
  const seen = [];
  class Orders {
    ended(payment, { source }) {
      seen.push(`${payment.status} by ${source}`);
    }
  }
  OnKopoKopoResult('incoming_payment')(
    Orders.prototype,
    'ended',
    Object.getOwnPropertyDescriptor(Orders.prototype, 'ended'),
  );
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  const app = await NestFactory.create(
    {
      module: class Root {},
      imports: [
        KopoKopoModule.forRoot({
          ...QUICK,
          ...sandbox.moduleOptions,
          store: new RedisStore({ url }),
          results: { first: 2_000 },
          webhooks: {
            publicUrl: `http://127.0.0.1:${port}`,
            queue: new BullMqDeliveryQueue({ url }),
          },
        }),
      ],
      providers: [Orders],
    },
    { logger: false },
  );
  try {
    await app.listen(port, '127.0.0.1');
    const client = app.get(KopoKopoClient);
    const pay = async (phoneNumber) => {
      const request = { tillNumber: 'K700001', phoneNumber, amount: 150 };
      const { id } = await client.incomingPayments.create(request);
      sandbox.pay(id);
    };
    await pay('0712345678');
    while (seen.length < 1) await sleep(20);
    sandbox.failNextDelivery({ kind: 'lost' });
    await pay('0712345679');
    while (seen.length < 2) await sleep(20);
    assert.deepEqual(seen, ['Success by callback', 'Success by check']);
  } finally {
    await app.close();
    redis.kill('SIGKILL');
    await sandbox.stop();
  }
});
