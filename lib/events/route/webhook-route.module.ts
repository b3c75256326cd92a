import {
  type DynamicModule,
  Inject,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  RequestMethod,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { instanceLogger } from '../../config/instance-logger.js';
import type { ResolvedOptions } from '../../config/resolved-options.interface.js';
import { KOPOKOPO_OPTIONS } from '../../kopokopo.constants.js';
import { DeliveriesModule } from '../deliveries.module.js';
import { DeliveryAccounts } from '../delivery.accounts.js';
import { WebhookRoutes } from './webhook.routes.js';

/**
 * The route of one instance. It is never global: the app's own middleware would come behind it.
 *
 * @internal
 */
@Module({})
export class WebhookRouteModule implements NestModule {
  constructor(
    private readonly routes: WebhookRoutes,
    private readonly accounts: DeliveryAccounts,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  static with(options: DynamicModule): DynamicModule {
    return { module: WebhookRouteModule, imports: [DeliveriesModule, options] };
  }

  /** A middleware, because guards, pipes, interceptors and filters of the app do not stand before one. */
  configure(consumer: MiddlewareConsumer): void {
    const receiver = this.accounts.receiverOf(this.options);
    if (receiver === undefined) return;
    const { path } = this.options.webhooks;
    const isFirst = this.routes.join(path, receiver);
    if (isFirst) {
      const take = (request: IncomingMessage, response: ServerResponse) =>
        void this.routes.handle(path, request, response);
      consumer.apply(take).forRoutes({
        path,
        method: RequestMethod.POST,
        version: VERSION_NEUTRAL as unknown as string,
      });
    }
    instanceLogger('Webhooks', this.options).log(
      `POST ${this.routes.wholePath(path)} takes the deliveries of account ${receiver.account}: ${this.accounts.heard(receiver.account)}.`,
    );
  }
}
