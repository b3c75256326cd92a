import type { KopoKopoHttpService, KopoKopoStore } from '../../lib/index.js';
import type { KopoKopoDelivery } from '../../lib/index.js';
import { CreationJournal } from '../../lib/api/journal/creation.journal.js';
import { INCOMING_PAYMENTS } from '../../lib/api/incoming-payments/incoming-payments.definition.js';
import { RequestClient } from '../../lib/api/resource/request.client.js';
import { ResultArrivals } from '../../lib/api/resource/result-arrivals.js';
import type { ResolvedOptions } from '../../lib/config/resolved-options.interface.js';
import { KopoKopoServerError } from '../../lib/errors/server.error.js';
import { ApiKeys } from '../../lib/events/api-keys.js';
import { DeliveryDispatcher } from '../../lib/events/delivery.dispatcher.js';
import type {
  DeliveryHandler,
  DeliveryHandlers,
} from '../../lib/events/delivery-handlers.js';
import { DeliveryLedger } from '../../lib/events/delivery.ledger.js';
import { DeliveryReceiver } from '../../lib/events/delivery.receiver.js';
import { OpenEnds } from '../../lib/events/results/open-ends.js';
import { ResultChecker } from '../../lib/events/results/result.checker.js';
import type { QueuedDeliveries } from '../../lib/events/queue/queued-deliveries.js';
import { ResultReader } from '../../lib/events/results/result.reader.js';
import { StoreKeeper } from '../../lib/store/store-keeper.js';
import type { Runtime } from '../../lib/time/runtime.js';
import type { PaymentServer } from './payment-server.js';

/** What a shop does with a delivery; it throws where it fails. */
export type Work = (delivery: KopoKopoDelivery) => Promise<void>;

export interface ShopSetup {
  options: ResolvedOptions;
  runtime: Runtime;
  store: KopoKopoStore;
  server: PaymentServer;
  work: Work;
}

/** One process with everything of the events room but sockets; it can die at any moment. */
export class PaymentShop {
  isDead = false;
  readonly payments: RequestClient<object, never>;
  readonly receiver: DeliveryReceiver;
  private readonly checker: ResultChecker;

  constructor({ options, runtime: given, store, server, work }: ShopSetup) {
    const runtime = this.mortal(given);
    const alive = <T>(step: () => Promise<T>): Promise<T> =>
      this.isDead ? new Promise<never>(() => {}) : step();
    const keeper = new StoreKeeper({
      read: (key) => alive(() => store.read(key)),
      swap: (...step) => alive(() => store.swap(...step)),
      close: async () => {},
    });
    const handler: DeliveryHandler = {
      id: 'Orders.ended',
      listens: [{ kind: 'result', word: 'incoming_payment' }],
      call: (delivery) => alive(() => work(delivery)),
    };
    const handlers = {
      of: () => [handler],
      all: () => [handler],
      hearing: () => [handler],
    } as unknown as DeliveryHandlers;
    const http = {
      post: (_path: string, body: object) =>
        alive(() => server.post(body, () => this.isDead)),
      get: (path: string) => alive(() => server.get(path)),
    } as unknown as KopoKopoHttpService;
    const journal = new CreationJournal(keeper, options, runtime);
    const ends = new OpenEnds(keeper, handlers, options, runtime);
    const ledger = new DeliveryLedger(keeper, options, runtime);
    const arrivals = new ResultArrivals();
    const dispatcher = new DeliveryDispatcher(
      handlers,
      ledger,
      arrivals,
      journal,
      ends,
      options,
      runtime,
    );
    const reader = new ResultReader(http, dispatcher, options);
    this.checker = new ResultChecker(ends, reader, keeper, options, runtime);
    this.receiver = new DeliveryReceiver(
      new ApiKeys(options),
      dispatcher,
      { isOn: false } as QueuedDeliveries,
      options,
      runtime,
    );
    this.payments = new RequestClient(INCOMING_PAYMENTS, {
      http,
      runtime,
      origin: options.origin,
      apiVersion: options.apiVersion,
      callbackUrl: () => 'https://shop.example/kopokopo/webhooks',
      arrivals,
      journal,
      openCreations: ends,
    }) as unknown as RequestClient<object, never>;
    this.checker.onApplicationBootstrap();
  }

  /** What is due later does not happen any more. */
  die(): void {
    this.isDead = true;
    this.checker.onModuleDestroy();
  }

  private mortal(runtime: Runtime): Runtime {
    const { clock, timers, random } = runtime;
    return {
      clock,
      random,
      timers: {
        ...timers,
        later: (ms, task) =>
          timers.later(ms, () => void (this.isDead || task())),
      },
    };
  }
}

/** The answer to a request was lost. */
export function lostAnswer(): KopoKopoServerError {
  return new KopoKopoServerError('Kopo Kopo answered 500', {
    method: 'POST',
    path: '/api/v2/incoming_payments',
  });
}
