import type { KopoKopoErrorBody } from './error-to-http.mapper.js';
import type { KopoKopoError } from './kopokopo.error.js';

/** A response of Node, which is what middleware on Fastify gets. */
interface NodeResponse {
  statusCode: number;
  headersSent: boolean;
  /** Left out by adapters of others. */
  setHeader?(name: string, value: string): unknown;
  end(text?: string): unknown;
}

/** A response of Express, or a reply of Fastify with Node's response in `raw`. */
interface AdapterResponse {
  status(code: number): unknown;
  header(name: string, value: string): unknown;
  send(body: unknown): unknown;
}

/**
 * The response of an HTTP request, told by its shape: a Nest of another copy and a filter that was
 * made with `new` have no adapter to ask.
 *
 * @internal
 */
export class HttpResponse {
  private readonly node: NodeResponse;
  private readonly adapter?: AdapterResponse;
  /** Fastify says so of a response that a handler took over. */
  private readonly taken: boolean;

  constructor(response: unknown) {
    const { raw, sent, send } = response as {
      raw?: NodeResponse;
      sent?: boolean;
      send?: unknown;
    };
    this.node = raw ?? (response as NodeResponse);
    this.taken = sent === true;
    if (typeof send === 'function') this.adapter = response as AdapterResponse;
  }

  /** Nothing can be answered any more. */
  get headersSent(): boolean {
    return this.taken || this.node.headersSent;
  }

  /** Sets `Retry-After` on a 429, where the upstream said how long to wait. */
  retryAfter({ statusCode }: KopoKopoErrorBody, error: KopoKopoError): void {
    if (statusCode !== 429 || error.retryAfter === undefined) return;
    this.header('Retry-After', String(Math.ceil(error.retryAfter)));
  }

  answer(body: KopoKopoErrorBody): void {
    this.header('Content-Type', 'application/json; charset=utf-8');
    if (this.adapter) {
      this.adapter.status(body.statusCode);
      this.adapter.send(body);
    } else {
      this.node.statusCode = body.statusCode;
      this.node.end(JSON.stringify(body));
    }
  }

  /** Ends a response that has begun. */
  end(): void {
    this.node.end();
  }

  private header(name: string, value: string): void {
    if (this.adapter) this.adapter.header(name, value);
    else this.node.setHeader?.(name, value);
  }
}
