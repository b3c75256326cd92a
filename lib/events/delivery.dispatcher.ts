import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type Logger,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { RequestAnswer } from '../api/answer/resource-answer.js';
import { CreationJournal } from '../api/journal/creation.journal.js';
import { ResultArrivals } from '../api/resource/result-arrivals.js';
import { instanceLogger } from '../config/instance-logger.js';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { KOPOKOPO_OPTIONS } from '../kopokopo.constants.js';
import { RUNTIME, type Runtime } from '../time/runtime.js';
import { type DeliveryHandler, DeliveryHandlers } from './delivery-handlers.js';
import { DeliveryLedger } from './delivery.ledger.js';
import type { DispatchResult } from './delivery.receipt.js';
import type {
  KopoKopoDelivery,
  KopoKopoResultDelivery,
} from './delivery.types.js';
import { OpenEnds } from './results/open-ends.js';
import { HandlerRun } from './handler-run.js';

const FAILED: DispatchResult = 'failed';

/**
 * Has deliveries handled, each once: from callbacks, from checks and from polling alike.
 *
 * @internal
 */
@Injectable()
export class DeliveryDispatcher
  implements OnModuleDestroy, BeforeApplicationShutdown
{
  private readonly logger: Logger;
  /** Deliveries in hand, by their keys. */
  private readonly inHand = new Map<Promise<unknown>, string>();
  #isClosing = false;

  constructor(
    private readonly handlers: DeliveryHandlers,
    private readonly ledger: DeliveryLedger,
    private readonly arrivals: ResultArrivals,
    private readonly journal: CreationJournal,
    private readonly ends: OpenEnds,
    @Inject(KOPOKOPO_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    this.logger = instanceLogger('Webhooks', options);
  }

  /** The app shuts down. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Never rejects. */
  async dispatch(delivery: KopoKopoDelivery): Promise<DispatchResult> {
    if (this.#isClosing) return 'closing';
    if (delivery.kind === 'result') {
      this.arrivals.arrived(delivery.resourceKey);
      this.accepted(delivery);
    }
    const handlers = this.handlers.hearing(delivery);
    if (handlers.length === 0) {
      this.strike(delivery);
      return this.unheard(delivery);
    }
    // A logger of the app may throw, too: it must not end the process.
    const handled = this.handle(delivery, handlers).catch(() => FAILED);
    const ended = handled.then((fate) => {
      if (fate === 'handled' || fate === 'repeated') this.strike(delivery);
      if (fate === 'failed') this.keepOpen(delivery);
      return fate;
    });
    this.inHand.set(ended, delivery.key);
    void ended.then(() => this.inHand.delete(ended));
    return ended;
  }

  onModuleDestroy(): void {
    this.#isClosing = true;
  }

  /** Deliveries in hand are handled to their end, as long as a shutdown may last. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#isClosing = true;
    if (this.inHand.size === 0) return;
    const { timeout } = this.options.shutdown;
    const done = new AbortController();
    await Promise.race([
      Promise.all(this.inHand.keys()),
      this.runtime.timers.pause(timeout, done.signal),
    ]);
    done.abort();
    for (const key of this.inHand.values()) {
      this.logger.warn(
        `${key} was still being handled when the time for it was over: Kopo Kopo has to deliver it again.`,
      );
    }
  }

  private async handle(
    delivery: KopoKopoDelivery,
    handlers: readonly DeliveryHandler[],
  ): Promise<DispatchResult> {
    const due = handlers.map(({ id }) => id);
    const claim = await this.ledger.claim(delivery, due);
    if (claim === 'done') return 'repeated';
    if (claim === 'busy') return 'busy';
    const { longest } = this.options.webhooks;
    const task = { delivery, handlers, claim, longest };
    return new HandlerRun(task, this.logger, this.runtime.timers).toEnd();
  }

  /** A request whose answer was lost: its result carries the reference. */
  private accepted({ type, event }: KopoKopoResultDelivery): void {
    const { reference } = event as Partial<RequestAnswer>;
    if (reference === undefined) return;
    void this.journal.accepted(type, reference, event.id);
  }

  /** Nobody has to look for this end any more. */
  private strike(delivery: KopoKopoDelivery): void {
    if (delivery.kind !== 'result') return;
    const { type, event } = delivery;
    const { isFinal, reference } = event as Partial<RequestAnswer>;
    if (isFinal) void this.ends.strike(type, event.id, reference);
  }

  /** Kopo Kopo may not deliver it again, and the answer to the request may have been lost. */
  private keepOpen(delivery: KopoKopoDelivery): void {
    if (delivery.kind !== 'result') return;
    const { type, event } = delivery;
    if ((event as Partial<RequestAnswer>).isFinal) {
      void this.ends.keep(type, event.id);
    }
  }

  private unheard({ key, kind }: KopoKopoDelivery): DispatchResult {
    if (this.options.webhooks.unhandled === 'warn') {
      this.logger.warn(
        `No handler hears ${key}, a delivery of kind ${kind}: it was acknowledged and nothing done.`,
      );
    }
    return 'unheard';
  }
}
