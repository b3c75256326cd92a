import { setTimeout } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import {
  KopoKopoModule,
  type KopoKopoModuleOptions,
  type TokenEvent,
  TokenService,
  type TokenStore,
} from '../../lib/index.js';
import {
  KopoKopoSandbox,
  type KopoKopoSandboxOptions,
} from '../../lib/testing/index.js';
import { boot, LogBook, QUIET } from './boot.js';

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
  events: TokenEvent[];
  /** Values got from `getToken()`. */
  value(): Promise<string>;
  stop(): Promise<void>;
}

/** Pods in this process that talk to one sandbox; all are gone at the end of an `await using` block. */
export interface Fleet extends AsyncDisposable {
  sandbox: KopoKopoSandbox;
  book: LogBook;
  join(
    store: TokenStore | undefined,
    token?: KopoKopoModuleOptions['token'],
    given?: Partial<KopoKopoModuleOptions>,
  ): Promise<Pod>;
  /** Stops every pod that still runs. */
  stopAll(): Promise<void>;
}

export async function openFleet(
  world: KopoKopoSandboxOptions = {},
): Promise<Fleet> {
  const sandbox = await KopoKopoSandbox.start(world);
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
          ...given,
          token: { ...BRISK, ...token, store },
        }),
        book,
      );
      const tokens = app.get(TokenService);
      const pod: Pod = {
        app,
        tokens,
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

/** Waits for something to come about, and says what when it does not. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limit = 15_000,
): Promise<void> {
  const end = performance.now() + limit;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what}: did not happen`);
    await setTimeout(25);
  }
}
