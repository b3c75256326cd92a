import { Logger } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { respond } from './delivery.response.js';
import type { DeliveryBody } from './delivery-body.reader.js';

/** The part of Nest's adapter that is used. */
interface Adapter {
  getType(): string;
  use(layer: Layer): unknown;
  getInstance(): { router?: { stack?: { handle: unknown; name?: string }[] } };
}

type Layer = (
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
) => void;

/** The routes whose bytes are read before anything else. */
interface Captured {
  owns(request: IncomingMessage): boolean;
  bodyOf(request: IncomingMessage): Promise<DeliveryBody>;
  /** Has it come to the module? */
  isTaken(request: IncomingMessage): boolean;
}

/** Layers that take the bytes of a request. */
const PARSERS = ['jsonParser', 'urlencodedParser', 'rawParser', 'textParser'];

/**
 * Reads deliveries in front of Express' body parsers, which an app registers before any middleware of a
 * module. Fastify hands a middleware the stream unread and needs no such thing.
 *
 * @internal
 */
export class ExpressCapture {
  private readonly logger = new Logger('KopoKopoWebhooks');
  private isTold = false;
  private isInstalled = false;

  constructor(
    private readonly routes: Captured,
    private readonly host: HttpAdapterHost,
  ) {}

  start(): void {
    // It has been told before where the app was made by NestFactory.create, and is told again to us.
    this.host.init$?.subscribe(() => this.install());
  }

  /** Nest 11.0 does not tell: then it is done when the parsers are there already. */
  ensure(): void {
    if (!this.isInstalled) this.install();
  }

  private install(): void {
    const adapter = this.host.httpAdapter as unknown as Adapter | undefined;
    // An application context has none.
    if (adapter?.getType() !== 'express') return;
    const layer: Layer = (request, response, next) =>
      this.routes.owns(request)
        ? void this.capture(request, response, next)
        : next();
    this.isInstalled = true;
    adapter.use(layer);
    moveBeforeParsers(adapter, layer);
  }

  private async capture(
    request: IncomingMessage,
    response: ServerResponse,
    next: () => void,
  ): Promise<void> {
    const body = await this.routes.bodyOf(request);
    if (body === 'gone') return;
    if (!Buffer.isBuffer(body) && body.status !== 500) {
      respond(response, body);
      return;
    }
    // So that body-parser 1 passes it, as 2 does by itself.
    Object.assign(request, { _body: true });
    response.once('finish', () => {
      if (!this.routes.isTaken(request)) this.tellShadowed(request, response);
    });
    next();
  }

  /** Once: a layer in front of the module stands there for every delivery. */
  private tellShadowed(
    { url }: IncomingMessage,
    { statusCode }: ServerResponse,
  ): void {
    if (this.isTold) return;
    this.isTold = true;
    this.logger.warn(
      `POST ${url} was answered with ${statusCode} before it came to the module: a middleware or a route in front of it, such as a check for CSRF or a wildcard, must pass this path.`,
    );
  }
}

/** A server that the app has made may have parsers already. */
function moveBeforeParsers(adapter: Adapter, layer: Layer): void {
  const stack = adapter.getInstance().router?.stack ?? [];
  const parser = stack.findIndex(({ name = '' }) => PARSERS.includes(name));
  const own = stack.findIndex(({ handle }) => handle === layer);
  if (parser < 0 || own < parser) return;
  const [moved] = stack.splice(own, 1);
  stack.splice(parser, 0, moved!);
}
