// Prints the table of "a fleet that shares one token" (limit, value, ok) and fails when a row is
// missed. Needs a build (npm run build) and redis-server; talks to loopback only.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
// Not by name: bench/ is a package of its own, and this needs none of what it installs.
import { KopoKopoSandbox } from '../dist/esm/testing/index.js';

const REDIS = 'redis-server';
const POD = fileURLToPath(
  new URL('../test/fleet/support/pod.mjs', import.meta.url),
);
const PODS = 8;
const BEAT = 250;
const LAPSE = 1_000;
/** A token is renewed after half its life. */
const LIFE = 8_000;
/** "Within noise": the runs of one store differ from each other by as much. */
const NOISE = 1.25;

const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

function run(command, args, options) {
  const child = spawn(command, args, options);
  children.add(child);
  child.once('exit', () => children.delete(child));
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
  const args = `--port ${port} --bind 127.0.0.1 --save  --appendonly no`;
  run(REDIS, args.split(' '), { stdio: 'ignore' });
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const up = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (up) return `redis://127.0.0.1:${port}`;
    await wait(25);
  }
}

/** A pod, driven over its IPC channel. */
async function startPod(sandbox, redis, token = {}) {
  const options = {
    ...sandbox.moduleOptions,
    timeout: 2_000,
    token: {
      prefetch: 'off',
      beat: BEAT,
      lapse: LAPSE,
      revokeDelay: 100,
      ...token,
    },
  };
  const child = run(process.execPath, [POD], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      NO_COLOR: '1',
      POD: JSON.stringify({ redis, options }),
    },
  });
  const pending = new Map();
  let lastId = 0;
  const pod = {
    child,
    ask: (command, argument) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        pending.set(id, ({ failure, value }) =>
          failure === undefined ? resolve(value) : reject(new Error(failure)),
        );
        child.send({ id, command, argument });
      }),
    async end(signal) {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
  await new Promise((resolve, reject) => {
    child.on('message', (message) => {
      if (message.ready) resolve();
      pending.get(message.id)?.(message);
    });
    child.once('exit', () => reject(new Error('A pod ended at once.')));
  });
  return pod;
}

async function startFleet(sandbox, redis, token) {
  const starting = Array.from({ length: PODS }, () =>
    startPod(sandbox, redis, token),
  );
  const pods = await Promise.all(starting);
  for (const pod of pods) {
    while (!((await pod.ask('status')).members > 0)) await wait(25);
  }
  return pods;
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Cold together, then one life, then killed at random moments, then one heir. */
async function fleetRows(redis) {
  const sandbox = await KopoKopoSandbox.start({
    tokenLifetime: LIFE / 1_000,
    latency: 30,
  });
  const token = { earlyWindow: 0.5, lastWindow: 500 };
  const pods = await startFleet(sandbox, redis, token);
  await Promise.all(pods.map((pod) => pod.ask('get')));
  const cold = sandbox.counters.token;

  await Promise.all(pods.map((pod) => pod.ask('load', { every: 20 })));
  await sandbox.waitForRequest('token', { count: cold + 1, timeout: LIFE });
  // Every pod has had its early window, and the next one has not begun.
  await wait(LIFE / 2 - 500);
  const life = sandbox.counters.token - cold;

  sandbox.setTokenLifetime(600);
  // The survivor mints: a token on its way to a process that is killed is known to nobody, and
  // test/fleet counts those.
  const [heir, ...doomed] = pods;
  for (const pod of doomed) {
    await heir.ask('invalidate');
    await wait(Math.random() * 60);
    await pod.end('SIGKILL');
  }
  await wait(LAPSE + BEAT);
  const end = Date.now() + 20_000;
  const extra = async () => {
    const current = await heir.ask('get');
    return sandbox.liveTokens.filter((value) => value !== current).length;
  };
  while ((await extra()) > 0 && Date.now() < end) await wait(50);
  const chaos = await extra();
  await heir.end('SIGTERM');
  const left = sandbox.liveTokens.length;
  await sandbox.stop();
  return { cold, life, chaos, left };
}

/** Rounds of the three kinds take turns, so that all meet the same machine; a process may start badly. */
async function warmTimes(redis) {
  const sandbox = await KopoKopoSandbox.start();
  const kinds = [redis, 'memory', undefined];
  const stores = await Promise.all(
    [...kinds, ...kinds].map((store) => startPod(sandbox, store)),
  );
  for (const pod of stores) await pod.ask('warm', 100_000);
  const times = kinds.map(() => []);
  for (let round = 0; round < 15; round++) {
    for (const [index, pod] of stores.entries()) {
      times[index % kinds.length].push(await pod.ask('warm', 50_000));
    }
  }
  await Promise.all(stores.map((pod) => pod.end('SIGTERM')));
  await sandbox.stop();
  // The best of each: what the rest of the machine does only ever makes them slower.
  const [shared, memory, none] = times.map((list) => Math.min(...list));
  return { shared, memory, none };
}

/** First token of a pod that has just started, with a store that is dead and without one. */
async function deadStore() {
  const sandbox = await KopoKopoSandbox.start();
  const dead = `redis://127.0.0.1:${await freePort()}`;
  // Takes connections and never says anything: the worst a store can do.
  const mute = createServer(() => {}).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const silent = `redis://127.0.0.1:${mute.address().port}`;
  const times = { none: [], dead: [], silent: [] };
  for (let round = 0; round < 5; round++) {
    for (const [kind, url] of Object.entries({
      none: undefined,
      dead,
      silent,
    })) {
      const pod = await startPod(sandbox, url);
      times[kind].push(await pod.ask('timed'));
      await pod.end('SIGTERM');
    }
  }
  mute.close();
  await sandbox.stop();
  const none = median(times.none);
  return {
    dead: median(times.dead) - none,
    silent: median(times.silent) - none,
  };
}

if (spawnSync(REDIS, ['--version']).error !== undefined) {
  process.stderr.write(`${REDIS} is missing (apt-get install redis-server).\n`);
  process.exit(1);
}
const redis = await startRedis();
const fleet = await fleetRows(redis);
const warm = await warmTimes(redis);
const boot = await deadStore();

const rows = [
  ['8 pods, cold: token calls', 1, fleet.cold],
  ['8 pods, one token life: token calls', 1, fleet.life],
  [
    `warm getToken(), Redis / memory (${warm.shared.toFixed(0)} / ${warm.memory.toFixed(0)} ns)`,
    NOISE,
    warm.shared / warm.memory,
  ],
  [
    `warm getToken(), Redis / no store (${warm.shared.toFixed(0)} / ${warm.none.toFixed(0)} ns)`,
    NOISE,
    warm.shared / warm.none,
  ],
  ['store refuses at boot: ms more than without', 250, boot.dead],
  ['store silent at boot: ms more than without', 250, boot.silent],
  ['live tokens after 7 kills, beside the current one', 0, fleet.chaos],
  ['live tokens after the last stop', 0, fleet.left],
];
const line = (...cells) =>
  `| ${cells[0].padEnd(52)} | ${cells[1].padStart(6)} | ${cells[2].padStart(8)} | ${cells[3].padEnd(3)} |\n`;
process.stdout.write(line('case', 'limit', 'value', 'ok'));
process.stdout.write(
  `|${'-'.repeat(54)}|${'-'.repeat(8)}|${'-'.repeat(10)}|${'-'.repeat(5)}|\n`,
);
let missed = 0;
for (const [name, limit, value] of rows) {
  const ok = value <= limit;
  if (!ok) missed += 1;
  const shown = Number.isInteger(value) ? String(value) : value.toFixed(2);
  process.stdout.write(line(name, String(limit), shown, ok ? 'yes' : 'NO'));
}
process.exit(missed === 0 ? 0 : 1);
