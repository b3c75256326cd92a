import {
  BadRequestException,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { IncomingHttpHeaders } from 'node:http';
import { KopoKopoConfigurationError } from '../../errors/configuration.error.js';
import { DeliveryAccounts } from '../delivery.accounts.js';
import { headerOf } from '../delivery.headers.js';
import type { DeliveryReceiver } from '../delivery.receiver.js';
import { SIGNATURE_HEADER } from '../delivery-signature.js';
import type { KopoKopoDelivery } from '../delivery.types.js';
import { keepDelivery } from './kept-deliveries.js';

/** The part of a request that is used, on Express and on Fastify. */
interface RawRequest {
  headers: IncomingHttpHeaders;
  rawBody?: unknown;
  body?: unknown;
}

/**
 * Lets deliveries into a controller of yours that Kopo Kopo has signed with the key of any account, and keeps
 * them for `@KopoKopoDelivered()`. It needs the bytes: create the app with `rawBody: true`. Handlers by
 * decorator are not called, and nothing is handled once for you.
 *
 * @throws UnauthorizedException where no key fits, BadRequestException where it is no JSON object,
 * ServiceUnavailableException where a key is out of reach and no other fits
 * @throws KopoKopoConfigurationError where the bytes are not there
 * @publicApi
 */
@Injectable()
export class KopoKopoSignatureGuard implements CanActivate {
  /** @internal */
  constructor(private readonly modules: ModuleRef) {}

  /** @internal */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<RawRequest>();
    const bytes = [request.rawBody, request.body].find((one) =>
      Buffer.isBuffer(one),
    );
    if (bytes === undefined) {
      throw new KopoKopoConfigurationError(
        'The bytes of the delivery are not there: create the app with rawBody: true.',
      );
    }
    const signature = headerOf(request.headers, SIGNATURE_HEADER);
    const receiver = await this.signerOf(bytes, signature);
    if (receiver === undefined) throw new UnauthorizedException();
    keepDelivery(request, read(receiver, bytes));
    return true;
  }

  private async signerOf(
    bytes: Buffer,
    signature: string | undefined,
  ): Promise<DeliveryReceiver | undefined> {
    const accounts = this.modules.get(DeliveryAccounts, { strict: false });
    let isAnyKeyAway = false;
    for (const receiver of accounts.verifying()) {
      try {
        if (await receiver.verify(bytes, signature)) return receiver;
      } catch {
        // The key of one account is out of reach: it may be another's delivery.
        isAnyKeyAway = true;
      }
    }
    if (isAnyKeyAway) throw new ServiceUnavailableException();
    return undefined;
  }
}

function read(receiver: DeliveryReceiver, bytes: Buffer): KopoKopoDelivery {
  try {
    return receiver.parse(bytes);
  } catch {
    throw new BadRequestException();
  }
}
