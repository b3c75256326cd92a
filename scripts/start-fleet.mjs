// Two sample apps that share one token, one book of orders and one queue: starts a Redis (unless KOPOKOPO_REDIS_URL names one), a
// sandbox that plays Kopo Kopo, and the apps; Ctrl-C or SIGTERM stops them all.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { KopoKopoSandbox } from 'nestjs-kopokopo/testing';

const BUILT = fileURLToPath(
  new URL('../dist/sample-app/main.js', import.meta.url),
);
/** The app that is started twice. */
const MAIN = process.argv[2] ?? BUILT;

const say = (line) => process.stdout.write(`[fleet] ${line}\n`);

function fail(problem) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}

const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** In a process group of its own, so that Ctrl-C reaches this process alone: Redis must go last. */
function run(command, args, options) {
  const child = spawn(command, args, { ...options, detached: true });
  children.add(child);
  child.once('close', () => children.delete(child));
  return child;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function startRedis() {
  const port = await freePort();
  const redis = run(
    'redis-server',
    `--port ${port} --bind 127.0.0.1 --save  --appendonly no`.split(' '),
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  redis.once('error', () =>
    fail(
      'redis-server was not found. Install it (Debian: apt-get install redis-server; macOS: brew install redis), or set KOPOKOPO_REDIS_URL.',
    ),
  );
  for await (const line of createInterface(redis.stdout)) {
    if (!line.includes('Ready to accept connections')) continue;
    redis.stdout.resume();
    return `redis://127.0.0.1:${port}`;
  }
  return fail(`redis-server did not start on port ${port}.`);
}

function startApp(name, variables) {
  const app = run(process.execPath, [MAIN], {
    // Away from the .env of an account.
    cwd: dirname(MAIN),
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const [from, to] of [
    [app.stdout, process.stdout],
    [app.stderr, process.stderr],
  ]) {
    createInterface(from).on('line', (line) => to.write(`[${name}] ${line}\n`));
  }
  return app;
}

if (!existsSync(MAIN))
  fail('Build first: npm run build && npm run build:sample');

const given = process.env.KOPOKOPO_REDIS_URL;
const redisUrl = given || (await startRedis());
const sandbox = await KopoKopoSandbox.start({
  // A customer who pays after a while.
  autoComplete: { after: 3_000, outcome: 'success' },
});
// The URL of one that is given may hold a password.
say(given ? 'Redis: KOPOKOPO_REDIS_URL' : `Redis: ${redisUrl}`);
say(`Kopo Kopo is played by a sandbox: ${sandbox.url}`);

const variables = {
  KOPOKOPO_ENVIRONMENT: '',
  KOPOKOPO_BASE_URL: sandbox.url,
  KOPOKOPO_CLIENT_ID: sandbox.clientId,
  KOPOKOPO_CLIENT_SECRET: sandbox.clientSecret,
  KOPOKOPO_CLIENT_SECRETS: '',
  KOPOKOPO_API_KEY: sandbox.apiKey,
  KOPOKOPO_REDIS_URL: redisUrl,
  KOPOKOPO_QUEUE_REDIS_URL: redisUrl,
  SHOP_TILL_NUMBER: 'K700001',
};
const apps = [];
for (const name of ['a', 'b']) {
  const port = String(await freePort());
  const own = {
    PORT: port,
    KOPOKOPO_WEBHOOKS_PUBLIC_URL: `http://127.0.0.1:${port}`,
  };
  apps.push(startApp(name, { ...variables, ...own }));
}

let isStopping = false;
function stop(signal) {
  // npm passes on a signal that the terminal has sent already.
  if (isStopping) return;
  isStopping = true;
  for (const app of apps) app.kill(signal);
}
process.on('SIGINT', stop);
process.on('SIGTERM', stop);

const ended = apps.map(async (app) => {
  await once(app, 'close');
  if (isStopping) return true;
  say('An app has ended by itself: the other is stopped, too.');
  stop('SIGTERM');
  return false;
});
const inOrder = await Promise.all(ended);

const { issuedTokens, liveTokens } = sandbox;
say(`Tokens: ${issuedTokens.length} issued, ${liveTokens.length} alive.`);
await sandbox.stop();
process.exit(inOrder.every(Boolean) && liveTokens.length === 0 ? 0 : 1);
