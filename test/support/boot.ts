import type {
  DynamicModule,
  INestApplicationContext,
  LoggerService,
  Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  KopoKopoModule,
  type KopoKopoModuleExtras,
  type KopoKopoModuleOptions,
  TokenService,
} from '../../lib/index.js';
import {
  KopoKopoSandbox,
  type KopoKopoSandboxOptions,
} from '../../lib/testing/index.js';

type Importable = DynamicModule | Promise<DynamicModule> | Type;
type Given = KopoKopoModuleOptions & KopoKopoModuleExtras;

/** Boots an app without a web server; a boot that fails rejects instead of ending the process. */
export async function boot(
  module: Importable | Importable[],
  logger: LoggerService | false = false,
): Promise<INestApplicationContext> {
  const imports = Array.isArray(module) ? module : [module];
  return NestFactory.createApplicationContext(
    { module: class Root {}, imports },
    { logger, abortOnError: false },
  );
}

/** What a boot, or any other promise, rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => {
      throw new Error('It was expected to fail and did not.');
    },
    (error: unknown) => error as Error,
  );
}

/** A sandbox and an app that talks to it; both are gone at the end of an `await using` block. */
export interface Shop {
  app: INestApplicationContext;
  sandbox: KopoKopoSandbox;
  tokens: TokenService;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Options that send nothing on their own account and try everything once. */
export const QUIET = {
  token: { prefetch: 'off', mintAttempts: 1, cooldownMin: 1, cooldownMax: 1 },
} as const;

export async function openShop(
  given: Partial<Given> = {},
  world: KopoKopoSandboxOptions = {},
  logger: LoggerService | false = false,
): Promise<Shop> {
  const sandbox = await KopoKopoSandbox.start({
    api: 'scripted',
    ...world,
  });
  const app = await boot(
    KopoKopoModule.forRoot({ ...sandbox.moduleOptions, ...QUIET, ...given }),
    logger,
  );
  return {
    app,
    sandbox,
    tokens: app.get(TokenService),
    async [Symbol.asyncDispose]() {
      await app.close();
      await sandbox.stop();
    },
  };
}

/** Collects what is logged, as text. */
export class LogBook implements LoggerService {
  readonly lines: string[] = [];

  log = this.writer('log');
  warn = this.writer('warn');
  error = this.writer('error');
  debug = this.writer('debug');
  verbose = this.writer('verbose');
  fatal = this.writer('fatal');

  /** The lines of one level. */
  of(level: string): string[] {
    return this.lines.filter((line) => line.startsWith(`${level} `));
  }

  private writer(level: string): (...parts: unknown[]) => void {
    return (...parts) =>
      void this.lines.push(`${level} ${parts.map(String).join(' ')}`);
  }
}
