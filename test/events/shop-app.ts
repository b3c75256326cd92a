import {
  type INestApplication,
  type LoggerService,
  Module,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  KopoKopoModule,
  type KopoKopoModuleExtras,
  type KopoKopoModuleOptions,
} from '../../lib/index.js';
import { listen } from '../support/http-platforms.js';
import {
  API_KEY,
  deliver,
  type DeliverHow,
  type Delivered,
} from './deliver.js';

/** An app that takes deliveries; it is gone at the end of an `await using` block. */
export interface DeliveryApp<T> {
  app: INestApplication;
  handlers: T;
  url: string;
  deliver(body: string | Buffer | object, how?: DeliverHow): Promise<Delivered>;
  [Symbol.asyncDispose](): Promise<void>;
}

export const QUIET_OPTIONS = {
  baseUrl: 'http://127.0.0.1:1',
  clientId: 'client',
  clientSecret: 'secret',
  apiKey: API_KEY,
  token: { prefetch: 'off' },
  shutdown: { revoke: false },
} as const;

export async function openApp<T>(
  handlers: Type<T>,
  options: Partial<KopoKopoModuleOptions> & KopoKopoModuleExtras = {},
  logger: LoggerService | false = false,
): Promise<DeliveryApp<T>> {
  @Module({
    imports: [KopoKopoModule.forRoot({ ...QUIET_OPTIONS, ...options })],
    providers: [handlers],
  })
  class Shop {}
  const app = await NestFactory.create(Shop, { logger });
  const url = await listen(app);
  return {
    app,
    handlers: app.get(handlers),
    url,
    deliver: (body, how) => deliver(`${url}/kopokopo/webhooks`, body, how),
    [Symbol.asyncDispose]: () => app.close(),
  };
}

/** Something that a test resolves when it likes. */
export class Gate {
  open!: () => void;
  readonly passed = new Promise<void>((resolve) => (this.open = resolve));
}
