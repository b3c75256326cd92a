import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KopoKopoSandbox } from '../../lib/testing/index.js';

const MAIN = fileURLToPath(
  new URL('../../dist/sample-app/main.js', import.meta.url),
);

/** Milliseconds the app may take to say something, or to end. */
const LIMIT = 10_000;

/** Environment variables. */
type Variables = Readonly<Record<string, string>>;

/** Variables that lead the app to a Kopo Kopo outside its process. */
export function accountOf(sandbox: KopoKopoSandbox): Variables {
  return {
    KOPOKOPO_BASE_URL: sandbox.url,
    KOPOKOPO_CLIENT_ID: sandbox.clientId,
    KOPOKOPO_CLIENT_SECRET: sandbox.clientSecret,
  };
}

/** The built sample app in a process of its own, on a free port. */
export class SampleApp implements AsyncDisposable {
  readonly #child: ChildProcess;
  #output = '';
  #url = '';
  #ended = false;

  private constructor(variables: Variables) {
    if (!existsSync(MAIN)) {
      throw new Error(
        'The sample app is not built: npm run build && npm run build:sample',
      );
    }
    this.#child = spawn(process.execPath, [MAIN], {
      // So that no .env of a developer is read.
      cwd: dirname(MAIN),
      env: { PATH: process.env.PATH, NO_COLOR: '1', PORT: '0', ...variables },
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

  /** Resolves when it listens and holds a token. */
  static async start(variables: Variables = {}): Promise<SampleApp> {
    const app = new SampleApp(variables);
    [, app.#url = ''] = await app.said(/Listening on (\S+)/);
    await app.said(/Got the access token/);
    return app;
  }

  /** Everything on stdout and stderr until now. */
  get output(): string {
    return this.#output;
  }

  /** One request, with a JSON body if there is one. */
  async call(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(this.#url + path, {
      method,
      ...(body && {
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      body: text && (JSON.parse(text) as object),
    };
  }

  /** Sends a signal and gives what the process ended by. */
  async stop(signal: NodeJS.Signals): Promise<NodeJS.Signals | number | null> {
    this.#child.kill(signal);
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
    this.#child.kill('SIGKILL');
    await this.#until(() => this.#ended, 'its end');
  }

  async #until(met: () => boolean, what: string): Promise<void> {
    const signal = AbortSignal.timeout(LIMIT);
    while (!met()) {
      if (this.#ended || signal.aborted) {
        const why = this.#ended ? 'It ended' : `${LIMIT} ms went by`;
        throw new Error(`${why} before ${what}:\n${this.#output}`);
      }
      await once(this.#child, 'news', { signal }).catch(() => {});
    }
  }
}
