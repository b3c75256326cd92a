import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises'; // Imported, so that a test's fake timers do not stop it.
import type { SandboxAnswer } from './sandbox-answer.js';
import type { OpenRequest } from './sandbox-request.types.js';

/** A request that is being answered, and the ways to answer it or not. @internal */
export class Exchange {
  readonly request: OpenRequest;
  readonly #incoming: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #dropped = new AbortController();
  readonly #released = new AbortController();
  #cut = false;

  constructor(
    request: OpenRequest,
    incoming: IncomingMessage,
    response: ServerResponse,
  ) {
    this.request = request;
    this.#incoming = incoming;
    this.#response = response;
    response.once('close', () => this.#close());
  }

  /** Whether nobody is left to answer to. */
  get over(): boolean {
    return this.#cut || this.#response.closed;
  }

  /** Resolves when the request may stop hanging: it is released or the connection has gone. */
  async released(): Promise<void> {
    const { signal } = this.#released;
    if (!signal.aborted) {
      await once(signal, 'abort');
    }
  }

  /** Waits, also for a client that has left; rejects if the sandbox drops the request meanwhile. */
  async pause(ms: number): Promise<void> {
    if (ms > 0) {
      const { signal } = this.#dropped;
      // Unref'd: a client that still waits keeps its process alive by its own connection.
      await wait(ms, undefined, { signal, ref: false });
    }
  }

  send(answer: SandboxAnswer): void {
    if (this.#begin(answer)) {
      this.#response.end(answer.body);
    }
  }

  /** Promises the whole body, sends half of it and closes. An empty body would be whole: `{}` stands in for it. */
  sendHalf(answer: SandboxAnswer): void {
    const body = Buffer.from(answer.body || '{}');
    if (this.#begin(answer, body.length)) {
      this.#response.write(body.subarray(0, body.length >> 1), () =>
        this.cut(),
      );
    }
  }

  /** Sends the body byte by byte. */
  async drip(answer: SandboxAnswer, ms: number): Promise<void> {
    const body = Buffer.from(answer.body);
    if (!this.#begin(answer, body.length)) {
      return;
    }
    this.#response.flushHeaders();
    for (const byte of body) {
      await this.pause(ms);
      if (this.over) {
        return;
      }
      this.#response.write(Buffer.of(byte));
    }
    this.#response.end();
  }

  /** Closes the connection without an answer, or without the rest of it. */
  cut(): void {
    this.#cut = true;
    this.#incoming.socket.destroy();
  }

  /** Closes the connection with a TCP reset. */
  reset(): void {
    this.#cut = true;
    this.#incoming.socket.resetAndDestroy();
  }

  release(): void {
    this.#released.abort();
  }

  /** Ends whatever is under way, work still to come included. */
  drop(): void {
    this.#dropped.abort();
    this.cut();
  }

  /** Throws if the sandbox has dropped the request: its work may not be done any more. */
  assertNotDropped(): void {
    this.#dropped.signal.throwIfAborted();
  }

  // Nothing may be written to a response whose connection has gone: Node would throw it at the process.
  #begin({ status, headers }: SandboxAnswer, contentLength?: number): boolean {
    if (this.over) {
      return false;
    }
    this.#response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) {
      this.#response.setHeader(name, value);
    }
    if (contentLength !== undefined) {
      this.#response.setHeader('Content-Length', contentLength);
    }
    this.request.status = status;
    return true;
  }

  #close(): void {
    this.request.aborted = !this.#response.writableFinished && !this.#cut;
    this.release();
  }
}
