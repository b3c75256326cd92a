import type { Provider } from '@nestjs/common';
import {
  CALLBACK_URL,
  getKopoKopoClientToken,
  getKopoKopoHttpServiceToken,
} from '../api/api.tokens.js';
import type { KopoKopoClient } from '../api/kopokopo.client.js';
import { OPEN_CREATIONS } from '../api/resource/open-creations.js';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { ApiKeys } from './api-keys.js';
import { DeliveryAccounts } from './delivery.accounts.js';
import { DeliveryDispatcher } from './delivery.dispatcher.js';
import { DeliveryHandlers } from './delivery-handlers.js';
import { DeliveryLedger } from './delivery.ledger.js';
import { DeliveryReceiver } from './delivery.receiver.js';
import { KopoKopoResults } from './results/kopokopo-results.service.js';
import { QueuedChecks } from './queue/queued-checks.js';
import { QueuedDeliveries } from './queue/queued-deliveries.js';
import { OpenEnds } from './results/open-ends.js';
import { PolledTransactions } from './results/polled-transactions.js';
import { ResultChecker } from './results/result.checker.js';
import { ResultReader } from './results/result.reader.js';
import { KopoKopoWebhooks } from './kopokopo-webhooks.service.js';
import { WebhookRoutes } from './route/webhook.routes.js';
import {
  getKopoKopoResultsToken,
  getKopoKopoWebhooksToken,
} from './webhooks.tokens.js';

/** The events room of one instance. @internal */
export function eventsProviders(name: string | undefined): Provider[] {
  return [
    ApiKeys,
    DeliveryDispatcher,
    DeliveryLedger,
    DeliveryReceiver,
    OpenEnds,
    PolledTransactions,
    QueuedChecks,
    QueuedDeliveries,
    ResultChecker,
    { provide: OPEN_CREATIONS, useExisting: OpenEnds },
    {
      provide: ResultReader,
      useFactory: (...parts: ConstructorParameters<typeof ResultReader>) =>
        new ResultReader(...parts),
      inject: [
        getKopoKopoHttpServiceToken(name),
        DeliveryDispatcher,
        KOPOKOPO_OPTIONS,
      ],
    },
    {
      provide: getKopoKopoResultsToken(name),
      useFactory: (
        ends: OpenEnds,
        reader: ResultReader,
        { polling }: KopoKopoClient,
        polled: PolledTransactions,
      ) => new KopoKopoResults(ends, reader, polling, polled),
      inject: [
        OpenEnds,
        ResultReader,
        getKopoKopoClientToken(name),
        PolledTransactions,
      ],
    },
    {
      provide: getKopoKopoWebhooksToken(name),
      useFactory: (
        receiver: DeliveryReceiver,
        handlers: DeliveryHandlers,
        accounts: DeliveryAccounts,
        options: ResolvedOptions,
      ) => {
        accounts.join(receiver, options);
        return new KopoKopoWebhooks(receiver, handlers);
      },
      inject: [
        DeliveryReceiver,
        DeliveryHandlers,
        DeliveryAccounts,
        KOPOKOPO_OPTIONS,
      ],
    },
    {
      provide: CALLBACK_URL,
      useFactory:
        (routes: WebhookRoutes, { webhooks }: ResolvedOptions) =>
        () =>
          webhooks.publicUrl === undefined
            ? undefined
            : webhooks.publicUrl.replace(/\/+$/, '') +
              routes.wholePath(webhooks.path),
      inject: [WebhookRoutes, KOPOKOPO_OPTIONS],
    },
  ];
}
