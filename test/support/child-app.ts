import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { KopoKopoModuleOptions } from '../../lib/index.js';
import type { KopoKopoSandbox } from '../../lib/testing/index.js';
import { bundled } from './bundled.js';
import { PATIENCE } from './patience.js';
import { SHORT_LIVED } from './short-lived.js';

/** The fixture app, which imports the package by its name. */
export const FIXTURE_APP = fileURLToPath(
  new URL('../e2e/fixtures/app.mjs', import.meta.url),
);

export interface ChildAppSettings {
  /** An app with a server, or an application context: `worker` has work to wait for, `context` has none. */
  platform: 'express' | 'fastify' | 'worker' | 'context';
  /** Whether it calls `enableShutdownHooks()`. Default true. */
  hooks?: boolean;
  /** Whether an application context is closed once it is there. Default false. */
  closes?: boolean;
  /** Whether it makes a payment that no request waits for. */
  job?: boolean;
  /** Whether a shutdown hook of another provider throws. */
  throws?: boolean;
  /** File to run in place of the fixture app. */
  script?: string;
  options: Omit<KopoKopoModuleOptions, 'clientSecret' | 'http'> & {
    clientSecret: string;
  };
}

export interface ChildExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The fixture app as a process of its own, and what it said. */
export class ChildApp {
  private readonly process: ChildProcess;
  private readonly closed: Promise<unknown>;
  private readonly settled = new Set<() => void>();
  private text = '';

  constructor({
    platform,
    hooks = true,
    closes = false,
    job = false,
    throws = false,
    options,
    script = bundled(FIXTURE_APP),
  }: ChildAppSettings) {
    this.process = spawn(process.execPath, [...SHORT_LIVED, script], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        NO_COLOR: '1',
        APP: JSON.stringify({
          platform,
          hooks,
          closes,
          job,
          throws,
          options,
        }),
      },
    });
    this.closed = once(this.process, 'close');
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.text += chunk;
        this.settled.forEach((look) => look());
      });
    }
  }

  /** Everything on stdout and stderr until now. */
  get log(): string {
    return this.text;
  }

  /** How often a text stands in the log. */
  count(text: string): number {
    return this.text.split(text).length - 1;
  }

  /** Address of the app once it listens; empty for an application context. */
  async ready(): Promise<string> {
    const [, url = ''] = await this.said(/^READY ?(.*)$/m);
    return url;
  }

  /** Resolves when the log matches. */
  said(pattern: RegExp, limit = PATIENCE): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(this.text);
        if (match) finish(() => resolve(match));
      };
      const fail = (why: string): void =>
        finish(() =>
          reject(new Error(`${why} before ${pattern}:\n${this.text}`)),
        );
      const timer = setTimeout(() => fail(`${limit} ms went by`), limit);
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        this.settled.delete(look);
        settle();
      };
      this.settled.add(look);
      void this.closed.then(() => fail('The app ended'));
      look();
    });
  }

  send(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** How the process ended; rejects when it takes longer than `limit` milliseconds from now. */
  async exited(limit: number): Promise<ChildExit> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const error = new Error(`The app has not ended within ${limit} ms.`);
      timer = setTimeout(() => {
        error.message += `\n${this.text}`;
        reject(error);
      }, limit);
    });
    try {
      await Promise.race([this.closed, late]);
    } finally {
      clearTimeout(timer);
    }
    const { exitCode: code, signalCode: signal } = this.process;
    return { code, signal };
  }

  /** Credentials of the sandbox that stand in the log. */
  leaks(sandbox: KopoKopoSandbox): string[] {
    const needles = [sandbox.clientSecret, ...sandbox.issuedTokens];
    return needles.filter((needle) => this.text.includes(needle));
  }

  /** Whatever happened, no process stays behind a test. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGKILL');
    }
    await this.closed;
  }
}
