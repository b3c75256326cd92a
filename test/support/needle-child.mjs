/* oxlint-disable eslint/no-console -- it prints what a careless app would print */
// Runs every failure of a token's life in a process of its own and prints all it gets, as a careless app would.
import { NestFactory } from '@nestjs/core';
import {
  KopoKopoHttpService,
  KopoKopoModule,
  TokenService,
} from 'nestjs-kopokopo';
import { KopoKopoSandbox } from 'nestjs-kopokopo/testing';

const { clientId, secret, token, phone } = JSON.parse(
  process.env.NEEDLES ?? '{}',
);
const sandbox = await KopoKopoSandbox.start({
  api: 'scripted',
  applications: [{ clientId, clientSecret: secret }],
});
const app = await NestFactory.createApplicationContext(
  KopoKopoModule.forRoot({
    ...sandbox.moduleOptions,
    timeout: 100,
    token: { mintAttempts: 1, cooldownMin: 1, cooldownMax: 1 },
  }),
);
const tokens = app.get(TokenService);

const grant = { access_token: token, token_type: 'Bearer', expires_in: 3600 };
/** Faults of a server that gives back what it was told. */
const faults = (told) => {
  const echo = `${told.join(' ')} Bearer ${told.at(-1)} ${phone} ${encodeURIComponent(told[0])}`;
  const basic = Buffer.from(`${clientId}:${told[0]}`).toString('base64');
  return [
    { kind: 'hang' },
    { kind: 'reset' },
    { kind: 'half' },
    { kind: 'lost' },
    { kind: 'html' },
    { kind: 'large', bytes: 70_000 },
    { kind: 'redirect', location: `${sandbox.url}/?secret=${echo}` },
    { kind: 'json', body: { ...grant, expires_in: echo } },
    { kind: 'json', body: { ...grant, active: echo } },
    { kind: 'json', status: 401, body: { error: told[0] } },
    { kind: 'json', status: 400, body: { error_description: echo } },
    {
      kind: 'json',
      status: 429,
      body: { error_message: [echo, phone, basic] },
    },
    { kind: 'text', status: 500, body: echo },
  ];
};
/** Each call, and the credentials that its request carries. */
const calls = [
  [() => tokens.getToken(), [secret]],
  [() => tokens.requestToken(), [secret]],
  [() => tokens.revokeToken(token), [secret, token]],
  [() => tokens.introspectToken(token), [secret, token]],
  [() => tokens.getTokenInfo(token), [token]],
  [() => pay(), [token]],
];

/** A call that carries a phone number; its token is one that the needle search knows. */
async function pay() {
  sandbox.failNext('token', { kind: 'json', body: grant });
  await app
    .get(KopoKopoHttpService)
    .post('/incoming_payments', { subscriber: { phone_number: phone } });
}

let failures = 0;
for (const [call, told] of calls) {
  for (const fault of faults(told)) {
    sandbox.failAlways('all', fault);
    try {
      console.log(await call());
    } catch (error) {
      failures += 1;
      console.error(error);
      console.error('%o %j', error, error);
    }
    tokens.invalidateToken(token);
  }
}

sandbox.failAlways('token', { kind: 'json', body: { ...grant } });
console.log(await tokens.requestToken(), String(await tokens.requestToken()));
console.dir(tokens, { depth: 4, showHidden: true });
sandbox.failAlways('revoke', {
  kind: 'status',
  status: 400,
  body: { error_description: `${secret} ${token} ${phone}` },
});
await app.close();
await sandbox.stop();
console.log(`failures: ${failures}`);
