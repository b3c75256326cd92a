import { Injectable, Logger, Optional, RequestMethod } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DeliveryReceiver } from '../delivery.receiver.js';
import { type KopoKopoReceipt, RECEIPTS } from '../delivery.receipt.js';
import { type DeliveryBody, readDeliveryBody } from './delivery-body.reader.js';
import { respond } from './delivery.response.js';
import { ExpressCapture } from './express-capture.js';
import { requestPath, routePath } from './webhook-path.js';

/**
 * The webhook routes of an app, and the accounts of each: several instances may have one, where the key that
 * fits names the account.
 *
 * @internal
 */
@Injectable()
export class WebhookRoutes {
  private readonly logger = new Logger('KopoKopoWebhooks');
  private readonly receivers = new Map<string, DeliveryReceiver[]>();
  /** Whole paths, once a request has come: an app sets its prefix after it was made. */
  private owned: ReadonlySet<string> | undefined;
  private readonly bodies = new WeakMap<
    IncomingMessage,
    Promise<DeliveryBody>
  >();
  private readonly taken = new WeakSet<IncomingMessage>();
  private readonly capture: ExpressCapture | undefined;

  /** Both are missing where another copy of @nestjs/core boots the app. */
  constructor(
    @Optional() host?: HttpAdapterHost,
    @Optional() private readonly config?: ApplicationConfig,
  ) {
    if (host === undefined) return;
    this.capture = new ExpressCapture(this, host);
    this.capture.start();
  }

  /** An account takes its deliveries here; gives whether it is the first one. */
  join(path: string, receiver: DeliveryReceiver): boolean {
    const place = routePath(path);
    this.capture?.ensure();
    this.owned = undefined;
    const those = this.receivers.get(place) ?? [];
    this.receivers.set(place, [...those, receiver]);
    return those.length === 0;
  }

  /** The path below the host, with the app's global prefix unless it is excluded. */
  wholePath(path: string): string {
    const own = `/${trimmed(path)}`;
    const prefix = trimmed(this.config?.getGlobalPrefix() ?? '');
    const { exclude = [] } = this.config?.getGlobalPrefixOptions() ?? {};
    const isExcluded = exclude.some(
      ({ pathRegex, requestMethod }) =>
        [RequestMethod.ALL, RequestMethod.POST].includes(requestMethod) &&
        pathRegex.test(own),
    );
    return prefix === '' || isExcluded ? own : `/${prefix}${own}`;
  }

  /** Is it a delivery, by its method and its path? */
  owns({ method, url = '' }: IncomingMessage): boolean {
    if (method !== 'POST' || this.receivers.size === 0) return false;
    this.owned ??= new Set(
      [...this.receivers.keys()].map((path) => routePath(this.wholePath(path))),
    );
    return this.owned.has(requestPath(url));
  }

  /** The bytes of a request, read once. */
  bodyOf(request: IncomingMessage): Promise<DeliveryBody> {
    const known = this.bodies.get(request);
    if (known !== undefined) return known;
    const limits = [...this.receivers.values()].flat().map((one) => one.limit);
    const body = readDeliveryBody(request, Math.max(...limits));
    this.bodies.set(request, body);
    return body;
  }

  isTaken(request: IncomingMessage): boolean {
    return this.taken.has(request);
  }

  /** Takes a delivery and answers it. Never rejects: Nest awaits no middleware. */
  async handle(
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    this.taken.add(request);
    try {
      // Read here, so that handlers are in the async context of the app's own middleware.
      const body = await this.bodyOf(request);
      if (body === 'gone') return;
      const receipt = Buffer.isBuffer(body)
        ? await this.received(path, body, request)
        : body;
      if (receipt === RECEIPTS['read before']) this.tellReadBefore(path);
      respond(response, receipt);
    } catch (error) {
      this.logger.error(
        `A delivery could not be taken: ${(error as Error).name}.`,
      );
      respond(response, RECEIPTS.failed);
    }
  }

  /** Every account is tried; what one says is told unless it does not know the signature. */
  private async received(
    path: string,
    bytes: Buffer,
    { headers }: IncomingMessage,
  ): Promise<KopoKopoReceipt> {
    const receivers = this.receivers.get(routePath(path)) ?? [];
    let answer: KopoKopoReceipt = RECEIPTS.unsigned;
    for (const receiver of receivers) {
      const receipt = await receiver.receive(bytes, headers);
      const isDecided = ![RECEIPTS.unsigned, RECEIPTS['no key']].includes(
        receipt,
      );
      if (isDecided) return receipt;
      if (receipt !== RECEIPTS.unsigned) answer = receipt;
    }
    if (answer === RECEIPTS.unsigned) receivers[0]?.refused();
    return answer;
  }

  private tellReadBefore(path: string): void {
    this.logger.error(
      `The bytes of POST ${this.wholePath(path)} were read before they came to the module, so that no signature can be verified. Let the parser in front of it pass this path, or have it keep a Buffer in request.rawBody.`,
    );
  }
}

function trimmed(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}
