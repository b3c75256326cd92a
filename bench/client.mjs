// What the client costs beside plain calls: checks, answers, and the sandbox. `npm run bench:client`.
import 'reflect-metadata';
import { createServer } from 'node:http';
import { NestFactory } from '@nestjs/core';
import {
  KopoKopoClient,
  KopoKopoHttpService,
  KopoKopoModule,
} from '../dist/esm/index.js';
import { KopoKopoSandbox } from '../dist/esm/testing/index.js';

const now = () => performance.now();
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const rows = [];
const row = (what, value, unit, limit) =>
  rows.push({ what, value, unit, limit, ok: value <= limit });

async function took(work) {
  const begun = now();
  await work();
  return now() - begun;
}

// A server that answers at once, so that what is measured is ours.
const history = JSON.stringify({
  data: {
    id: 'p',
    type: 'polling',
    attributes: {
      status: 'Success',
      scope: 'Company',
      transactions: Array.from({ length: 1_000 }, (_, index) => ({
        type: 'Buygoods Transaction',
        resource: {
          id: `e8a2c0f4-6f5b-4a43-9c0e-${String(index).padStart(12, '0')}`,
          reference: `SH${index}ABC`,
          origination_time: '2026-08-01T09:15:12+03:00',
          sender_phone_number: '+254712345678',
          hashed_sender_phone: 'ab'.repeat(32),
          amount: '150.0',
          currency: 'KES',
          till_number: 'K700001',
          system: 'Lipa Na M-PESA',
          status: 'Received',
          sender_first_name: 'Ana',
          sender_middle_name: null,
          sender_last_name: 'Buyer',
        },
      })),
    },
  },
});
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    if (request.url.startsWith('/oauth')) {
      const token = { access_token: 'a'.repeat(43), expires_in: 3_600 };
      response.end(JSON.stringify(token));
    } else if (request.method === 'GET') response.end(history);
    else {
      response.writeHead(201, { location: `${request.url}/an-id` });
      response.end();
    }
  });
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));

async function open(options) {
  const module = {
    module: class {},
    imports: [KopoKopoModule.forRoot(options)],
  };
  const app = await NestFactory.createApplicationContext(module, {
    logger: false,
  });
  return {
    app,
    client: app.get(KopoKopoClient),
    http: app.get(KopoKopoHttpService),
  };
}
const { app, client, http } = await open({
  baseUrl: `http://127.0.0.1:${server.address().port}`,
  clientId: 'client',
  clientSecret: 'secret-of-the-client',
  shutdown: { revoke: false },
});

const request = {
  tillNumber: 'K700001',
  phoneNumber: '0712 345 678',
  amount: 150,
  metadata: { order: 'A-17' },
  callbackUrl: 'https://shop.example/k2',
};
const body = {
  payment_channel: 'M-PESA STK Push',
  till_number: 'K700001',
  subscriber: { phone_number: '+254712345678' },
  amount: { currency: 'KES', value: '150' },
  metadata: { order: 'A-17' },
  _links: { callback_url: 'https://shop.example/k2' },
};
const ROUNDS = 1_500;
const create = [];
const plain = [];
for (let round = 0; round < ROUNDS; round++) {
  create.push(await took(() => client.incomingPayments.create(request)));
  plain.push(await took(() => http.post('incoming_payments', body)));
}
row(
  'create beside KopoKopoHttpService.post',
  median(create.slice(300)) / median(plain.slice(300)),
  'x',
  1.1,
);

// The check alone: a request that is refused because of the last field is checked in full.
const wrong = { ...request, callbackUrl: 'http://shop.example' };
const checks = [];
for (let round = 0; round < 3_000; round++) {
  checks.push(
    await took(() => client.incomingPayments.create(wrong).catch(() => {})),
  );
}
row('checking a request, refusal included', median(checks) * 1_000, 'µs', 60);

const { incomingPayments } = client;
const parse = [];
const read = [];
const polling = await client.polling.get('p');
if (polling.transactions.length !== 1_000) throw new Error('not read');
const get = client.polling;
const { definition } = get;
const { openEnvelope } = await import('../dist/esm/api/answer/envelope.js');
for (let round = 0; round < 300; round++) {
  let parsed;
  parse.push(await took(() => (parsed = JSON.parse(history))));
  read.push(
    await took(() => definition.read(openEnvelope(parsed, {}), 'http://x')),
  );
}
row(
  'reading 1,000 transactions, beside JSON.parse (parse included)',
  (median(parse) + median(read)) / median(parse),
  'x',
  3,
);
await app.close();
server.close();
void incomingPayments;

const starts = [];
for (let round = 0; round < 20; round++) {
  let sandbox;
  starts.push(
    await took(async () => (sandbox = await KopoKopoSandbox.start())),
  );
  await sandbox.stop();
}
row('starting the sandbox', median(starts), 'ms', 50);

const sandbox = await KopoKopoSandbox.start();
let called;
const receiver = createServer((incoming, response) => {
  incoming.resume().on('end', () => {
    response.end();
    called();
  });
});
await new Promise((listening) => receiver.listen(0, '127.0.0.1', listening));
const shop = await open(sandbox.moduleOptions);
const callbackUrl = `http://127.0.0.1:${receiver.address().port}/k2`;
const payments = [];
for (let round = 0; round < 100; round++) {
  const phoneNumber = `07${String(10_000_000 + round)}`;
  payments.push(
    await took(async () => {
      const arrived = new Promise((resolve) => (called = resolve));
      const { id } = await shop.client.incomingPayments.create({
        ...request,
        phoneNumber,
        callbackUrl,
      });
      sandbox.pay(id);
      await arrived;
    }),
  );
}
row('one payment, from create to its callback', median(payments), 'ms', 30);
await shop.app.close();
await sandbox.stop();
receiver.close();

for (const { what, value, unit, limit, ok } of rows) {
  const figure = `${value.toFixed(2)} ${unit}`.padStart(10);
  process.stdout.write(
    `${ok ? 'ok  ' : 'OVER'} ${what.padEnd(62)} ${figure}   (limit ${limit} ${unit})\n`,
  );
}
process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;
