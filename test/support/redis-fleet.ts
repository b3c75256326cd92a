import { setTimeout } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import {
  KopoKopoHttpService,
  KopoKopoModule,
  type KopoKopoModuleOptions,
  type TokenEvent,
  TokenService,
  type TokenStore,
} from '../../lib/index.js';
import { RedisTokenStore } from '../../lib/redis/index.js';
import {
  KopoKopoSandbox,
  type KopoKopoSandboxOptions,
} from '../../lib/testing/index.js';
import { boot, LogBook, QUIET } from './boot.js';
import { PATIENCE } from './patience.js';

/** Times at which a fleet of a test lives: everything within a second. */
export const BRISK = {
  ...QUIET.token,
  beat: 100,
  lapse: 400,
  revokeDelay: 200,
} as const;

/** Times at which nothing happens of itself during a test. */
export const STILL = { ...QUIET.token, beat: 60_000, lapse: 120_000 } as const;

/** One pod: an app, and what it told. */
export interface Pod {
  app: INestApplicationContext;
  tokens: TokenService;
  http: KopoKopoHttpService;
  events: TokenEvent[];
  /** Values got from `getToken()`. */
  value(): Promise<string>;
  stop(): Promise<void>;
}

/** Options of the module beside its times. */
type Given = Omit<Partial<KopoKopoModuleOptions>, 'token'>;

/** Pods in this process that talk to one sandbox; all are gone at the end of an `await using` block. */
export interface Fleet extends AsyncDisposable {
  sandbox: KopoKopoSandbox;
  book: LogBook;
  join(
    store: TokenStore | undefined,
    token?: KopoKopoModuleOptions['token'],
    given?: Given,
  ): Promise<Pod>;
  /** Stops every pod that still runs. */
  stopAll(): Promise<void>;
}

export async function openFleet(
  world: KopoKopoSandboxOptions = {},
  all: Given = {},
): Promise<Fleet> {
  const sandbox = await KopoKopoSandbox.start({
    api: 'scripted',
    ...world,
  });
  const book = new LogBook();
  const pods = new Set<Pod>();
  const stopAll = async (): Promise<void> => {
    await Promise.all([...pods].map((pod) => pod.stop()));
  };
  return {
    sandbox,
    book,
    stopAll,
    async join(store, token = {}, given = {}) {
      const app = await boot(
        KopoKopoModule.forRoot({
          ...sandbox.moduleOptions,
          ...all,
          ...given,
          token: { ...BRISK, ...token, store },
        }),
        book,
      );
      const tokens = app.get(TokenService);
      const pod: Pod = {
        app,
        tokens,
        http: app.get(KopoKopoHttpService),
        events: [],
        value: async () => (await tokens.getToken()).value,
        stop: async () => {
          pods.delete(pod);
          await app.close();
        },
      };
      tokens.events.subscribe((event) => pod.events.push(event));
      pods.add(pod);
      return pod;
    },
    async [Symbol.asyncDispose]() {
      await stopAll();
      await sandbox.stop();
    },
  };
}

/** Pods that share one token through the Redis at this address; each knows of all. */
export async function sharing(
  fleet: Fleet,
  url: string,
  ...times: KopoKopoModuleOptions['token'][]
): Promise<Pod[]> {
  const pods: Pod[] = [];
  for (const token of times) {
    pods.push(await fleet.join(new RedisTokenStore({ url }), token));
  }
  await eventually('all have joined', () =>
    pods.every(({ tokens }) => tokens.status().members! > 0),
  );
  for (const pod of pods) await pod.value();
  await eventually('one token is shared by all', () => {
    const values = pods.map(({ tokens }) => tokens.peekToken()?.value);
    return (
      new Set(values).size === 1 &&
      pods.every(({ tokens }) => {
        const { store, members } = tokens.status();
        return store === 'in-use' && members === pods.length;
      })
    );
  });
  return pods;
}

/** Waits for something to come about, and says what when it does not. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what}: did not happen`);
    await setTimeout(25);
  }
}
