// One pod of a fleet: imports the built package by its name, shares its token through Redis. POD in
// the environment says how it is set up ("memory" in place of a URL: MemoryTokenStore); the test drives
// it over the IPC channel.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Redis } from 'ioredis';
import {
  KopoKopoHttpService,
  KopoKopoModule,
  MemoryTokenStore,
  TokenService,
} from 'nestjs-kopokopo';
import { RedisTokenStore } from 'nestjs-kopokopo/redis';

const { redis, ownClient, options } = JSON.parse(process.env.POD);
const client = ownClient ? new Redis(redis) : undefined;
client?.on('error', () => {});
function makeStore() {
  if (!redis) return undefined;
  if (redis === 'memory') return new MemoryTokenStore();
  const own = typeof redis === 'string' ? { url: redis } : { options: redis };
  return new RedisTokenStore(client ? { client } : own);
}

const load = { done: 0, failures: [], slowest: 0, expired: 0 };
let running = Promise.resolve();
const ending = new AbortController();

/** Milliseconds that a step takes as the event loop counts them, for which no load of the machine counts. */
async function ownTime(step) {
  const tick = 5;
  let took = 0;
  const ticking = setInterval(() => (took += tick), tick);
  try {
    await step();
  } finally {
    clearInterval(ticking);
  }
  return took;
}

/** Asks at a steady pace until the app shuts down; every wait and every failure is kept. */
async function ask({ call, every }) {
  while (!ending.signal.aborted) {
    const took = await ownTime(async () => {
      try {
        if (call) await http.get('things');
        else load.expired += (await tokens.getToken()).isExpired() ? 1 : 0;
        load.done += 1;
      } catch (error) {
        load.failures.push(`${error.code}: ${error.message}`);
      }
    });
    load.slowest = Math.max(load.slowest, took);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

class PodModule {
  /** As an app that closes its own client early. */
  onModuleDestroy() {
    client?.disconnect();
  }

  /** As a server that drains. */
  async beforeApplicationShutdown() {
    ending.abort();
    await running;
    process.send?.({ load });
  }
}
Module({
  imports: [
    KopoKopoModule.forRoot({
      ...options,
      token: {
        ...options.token,
        store: makeStore(),
      },
    }),
  ],
})(PodModule);

const context = await NestFactory.createApplicationContext(PodModule);
context.enableShutdownHooks();
const tokens = context.get(TokenService);
const http = context.get(KopoKopoHttpService);

const commands = {
  get: async () => (await tokens.getToken()).value,
  peek: () => tokens.peekToken()?.value,
  call: async () => (await http.get('things')).status,
  invalidate: () => tokens.invalidateToken(tokens.peekToken()?.value ?? 'none'),
  /** From then on nothing but the app itself could keep the process alive. */
  close: () => void context.close().then(() => process.disconnect()),
  status: () => tokens.status(),
  load: (how) => void (running = ask(how)),
  loaded: () => load,
  /** How long a warm getToken() takes, in nanoseconds. */
  warm: async (rounds) => {
    const begun = process.hrtime.bigint();
    for (let i = 0; i < rounds; i++) await tokens.getToken();
    return Number(process.hrtime.bigint() - begun) / rounds;
  },
  ownTime: () => ownTime(() => tokens.getToken()),
  /** How long a getToken() takes, in milliseconds. */
  timed: async () => {
    const begun = performance.now();
    await tokens.getToken();
    return performance.now() - begun;
  },
};
process.on('message', async ({ id, command, argument }) => {
  try {
    process.send({ id, value: await commands[command](argument) });
  } catch (error) {
    process.send({ id, failure: `${error.code}: ${error.message}` });
  }
});
process.send({ ready: true });
