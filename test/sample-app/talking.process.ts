import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PATIENCE } from '../support/patience.js';
import { SHORT_LIVED } from '../support/short-lived.js';

/** Environment variables. */
export type Variables = Readonly<Record<string, string>>;

/** A Node.js process that is known by what it says. */
export class TalkingProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  #output = '';
  #ended = false;

  /** Starts this script with these arguments; its environment is `variables` and no more than it needs. */
  constructor(
    script: string,
    cwd: string,
    variables: Variables,
    args: string[] = [],
  ) {
    this.#child = spawn(process.execPath, [...SHORT_LIVED, script, ...args], {
      cwd,
      env: { PATH: process.env.PATH, NO_COLOR: '1', ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        this.#child.emit('news');
      });
    }
    this.#child.once('close', () => {
      this.#ended = true;
      this.#child.emit('news');
    });
  }

  /** Everything on stdout and stderr until now. */
  get output(): string {
    return this.#output;
  }

  /** Sends a signal and gives what the process ended by. */
  stop(signal: NodeJS.Signals): Promise<NodeJS.Signals | number | null> {
    this.#child.kill(signal);
    return this.ended();
  }

  /** What the process ended by. */
  async ended(): Promise<NodeJS.Signals | number | null> {
    await this.#until(() => this.#ended, 'its end');
    return this.#child.signalCode ?? this.#child.exitCode;
  }

  /** Resolves when the output matches. */
  async said(pattern: RegExp): Promise<RegExpExecArray> {
    await this.#until(() => pattern.test(this.#output), String(pattern));
    return pattern.exec(this.#output)!;
  }

  /** Whatever happened, no process stays behind a test. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL');
  }

  async #until(met: () => boolean, what: string): Promise<void> {
    const signal = AbortSignal.timeout(PATIENCE);
    while (!met()) {
      if (this.#ended || signal.aborted) {
        const why = this.#ended ? 'It ended' : `${PATIENCE} ms went by`;
        throw new Error(`${why} before ${what}:\n${this.#output}`);
      }
      await once(this.#child, 'news', { signal }).catch(() => {});
    }
  }
}
