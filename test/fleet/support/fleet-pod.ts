import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RedisOptions } from 'ioredis';
import type { KopoKopoModuleOptions } from '../../../lib/index.js';
import { bundled } from '../../support/bundled.js';
import { PATIENCE } from '../../support/patience.js';
import { SHORT_LIVED } from '../../support/short-lived.js';

const SCRIPT = fileURLToPath(new URL('./pod.mjs', import.meta.url));

/** What the steady load of a pod has met. */
export interface PodLoad {
  done: number;
  failures: string[];
  /** Milliseconds of the longest wait, in the pod's own time. */
  slowest: number;
  /** Tokens that were handed out although they had expired. */
  expired: number;
}

export interface PodSettings {
  /** A URL, or options of ioredis. */
  redis: string | RedisOptions;
  /** Whether the app brings a client of its own, and closes it before the module shuts down. */
  ownClient?: boolean;
  options: Omit<KopoKopoModuleOptions, 'clientSecret' | 'http'> & {
    clientSecret: string;
  };
}

interface Message {
  ready?: true;
  load?: PodLoad;
  id?: number;
  value?: unknown;
  failure?: string;
}

/** A pod as a process of its own. */
export class FleetPod {
  /** The load, once the pod has shut down in good order. */
  finalLoad: PodLoad | undefined;
  /** `Date.now()` of the SIGKILL. */
  killedAt: number | undefined;
  /** Whether its app has started. */
  isReady = false;
  private readonly process: ChildProcess;
  private readonly exit: Promise<unknown>;
  private readonly pending = new Map<number, (message: Message) => void>();
  private readonly up: Promise<void>;
  private text = '';
  private lastId = 0;

  constructor(
    readonly name: string,
    settings: PodSettings,
  ) {
    this.process = spawn(process.execPath, [...SHORT_LIVED, bundled(SCRIPT)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        PATH: process.env.PATH,
        NO_COLOR: '1',
        POD: JSON.stringify(settings),
      },
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk) => (this.text += chunk));
    }
    this.exit = once(this.process, 'close');
    this.up = new Promise((resolve, reject) => {
      this.process.on('message', (message: Message) => {
        if (message.ready) {
          this.isReady = true;
          resolve();
        }
        this.take(message);
      });
      void this.exit.then(() => {
        reject(this.problem('ended before it was ready'));
        for (const id of this.pending.keys()) {
          this.take({ id, failure: 'the pod ended' });
        }
      });
    });
    this.up.catch(() => undefined);
  }

  get log(): string {
    return this.text;
  }

  get alive(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  async ready(): Promise<this> {
    await this.within(this.up, 'become ready');
    return this;
  }

  /** Runs a command of the fixture. */
  async ask<T>(command: string, argument?: unknown): Promise<T> {
    const id = ++this.lastId;
    const answer = new Promise<T>((resolve, reject) => {
      this.pending.set(id, ({ value, failure }) =>
        failure === undefined
          ? resolve(value as T)
          : reject(new Error(`${this.name}: ${failure}`)),
      );
    });
    if (this.process.connected) this.process.send({ id, command, argument });
    else this.take({ id, failure: 'the pod has ended' });
    return this.within(answer, command);
  }

  get(): Promise<string> {
    return this.ask('get');
  }

  send(signal: NodeJS.Signals): void {
    if (signal === 'SIGKILL') this.killedAt ??= Date.now();
    this.process.kill(signal);
  }

  /** SIGTERM, and the orderly end that follows. */
  async stop(): Promise<PodLoad> {
    this.send('SIGTERM');
    await this.ended();
    if (this.finalLoad === undefined) throw this.problem('did not shut down');
    return this.finalLoad;
  }

  /** The app closes, for no signal; the process then ends by itself. */
  async close(): Promise<void> {
    await this.ask('close');
    await this.ended();
  }

  async kill(): Promise<void> {
    this.send('SIGKILL');
    await this.ended();
  }

  async ended(): Promise<void> {
    await this.within(this.exit, 'end');
  }

  private take({ id, load, ...answer }: Message): void {
    if (load !== undefined) this.finalLoad = load;
    const settle = id === undefined ? undefined : this.pending.get(id);
    if (settle === undefined) return;
    this.pending.delete(id!);
    settle(answer);
  }

  private async within<T>(promise: Promise<T>, what: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(this.problem(`did not ${what} in time`)),
        PATIENCE,
      );
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private problem(what: string): Error {
    return new Error(`${this.name} ${what}:\n${this.text}`);
  }
}
