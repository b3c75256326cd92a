import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DeliveryAccounts } from './delivery.accounts.js';
import { DeliveryHandlers } from './delivery-handlers.js';
import { WebhookRoutes } from './route/webhook.routes.js';

/** One for the whole app, whatever the number of instances. @internal */
@Module({
  imports: [DiscoveryModule],
  providers: [DeliveryAccounts, DeliveryHandlers, WebhookRoutes],
  exports: [DeliveryAccounts, DeliveryHandlers, WebhookRoutes],
})
export class DeliveriesModule {}
