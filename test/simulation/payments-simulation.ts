import { setImmediate } from 'node:timers/promises';
import { resolveOptions } from '../../lib/config/options.resolver.js';
import type { KopoKopoDelivery, KopoKopoStore } from '../../lib/index.js';
import { MemoryStore } from '../../lib/index.js';
import { VirtualRuntime } from '../support/virtual-runtime.js';
import { Chance } from './chance.js';
import {
  API_KEY,
  PaymentServer,
  type ServerPayment,
} from './payment-server.js';
import { PaymentShop } from './payment-shop.js';

const MINUTE = 60_000;

/** Payments are asked for in the first half hour; then there is an hour and a half to find every end. */
const ASKING = 30 * MINUTE;
const ALL = 120 * MINUTE;

/** What happens in a run. */
export interface PaymentPlan {
  payments: number;
  shops: number;
  /** Whether processes die and start again. */
  crashes: boolean;
  /** Whether the store forgets everything, once. */
  losesStore: boolean;
}

/** The fate of a callback. */
type Fate = 'comes' | 'twice' | 'late' | 'lost' | 'forged' | 'early';

/** Payments, callbacks that go wrong in every way, and processes that die, under a virtual clock. */
export class PaymentsSimulation {
  readonly runtime = new VirtualRuntime();
  readonly handled = new Map<string, number>();
  readonly handledAt = new Map<string, number>();
  readonly fates = new Map<string, Fate>();
  readonly server: PaymentServer;
  /** Payments in whose handler a process died. */
  readonly died = new Set<string>();
  private readonly chance: Chance;
  private readonly options = resolveOptions({
    baseUrl: 'https://api.example',
    clientId: 'client',
    clientSecret: 'secret',
    apiKey: API_KEY,
  });
  private store: VirtualStore;
  private shops: PaymentShop[];

  constructor(
    readonly seed: number,
    private readonly plan: PaymentPlan,
  ) {
    this.chance = new Chance(seed);
    this.runtime.random = this.chance.fork().next;
    this.server = new PaymentServer(this.runtime, this.chance.fork());
    this.server.onCreated = (payment) => this.created(payment);
    this.store = new VirtualStore(this.runtime);
    this.shops = Array.from({ length: plan.shops }, () => this.opened());
  }

  async run(): Promise<void> {
    const { timers } = this.runtime;
    for (let n = 0; n < this.plan.payments; n += 1) {
      timers.later(this.chance.between(0, ASKING), () =>
        this.ask(`order-${n}`),
      );
    }
    if (this.plan.crashes) this.planCrash();
    if (this.plan.losesStore) {
      timers.later(this.chance.between(0, ASKING), () => this.store.lose());
    }
    await this.runtime.advance(ALL);
    // What real timers of the last steps still do.
    await setImmediate();
  }

  private opened(): PaymentShop {
    const shop: PaymentShop = new PaymentShop({
      options: this.options,
      runtime: this.runtime,
      store: this.store,
      server: this.server,
      work: (delivery) => this.work(shop, delivery),
    });
    return shop;
  }

  private get alive(): PaymentShop {
    return this.chance.pick(this.shops.filter(({ isDead }) => !isDead));
  }

  private ask(reference: string): void {
    this.alive.payments
      .create({
        tillNumber: 'K700001',
        phoneNumber: '0712345678',
        amount: 150,
        reference,
      })
      .catch(() => undefined);
  }

  /** The customer takes a while; now and then the callback is there before the answer is. */
  private async created(payment: ServerPayment): Promise<void> {
    const fate = this.chance.weighted<Fate>({
      comes: 4,
      twice: 2,
      late: 1,
      lost: 5,
      forged: 1,
      early: 1,
    });
    this.fates.set(payment.id, fate);
    const { timers, clock } = this.runtime;
    if (fate === 'early') {
      payment.endedAt = clock.now();
      await this.deliver(payment);
      return;
    }
    timers.later(this.chance.spread(1_000, 10 * MINUTE), () => {
      payment.endedAt = clock.now();
      const after = fate === 'late' ? this.chance.spread(1_000, ALL / 3) : 0;
      if (fate === 'lost') return;
      timers.later(after, () => void this.deliver(payment));
      if (fate === 'twice') {
        const apart = this.chance.pick([0, 50, 2_000, 90_000]);
        timers.later(after + apart, () => void this.deliver(payment));
      }
    });
  }

  /** Kopo Kopo delivers once more where the answer was not 200, and then no more. */
  private async deliver(payment: ServerPayment, attempts = 2): Promise<void> {
    const isForged = this.fates.get(payment.id) === 'forged';
    const key = isForged ? 'another key' : API_KEY;
    const { body, headers } = this.server.callback(payment, key);
    const shop = this.alive;
    const { status } = await shop.receiver.receive(body, headers);
    if (status === 200 || attempts === 1 || shop.isDead) return;
    await this.runtime.timers.pause(5_000);
    await this.deliver(payment, attempts - 1);
  }

  /** Takes a while, fails now and then, and is done at the very end. */
  private async work(
    shop: PaymentShop,
    { event }: KopoKopoDelivery,
  ): Promise<void> {
    const { id } = event as { id: string };
    await this.runtime.timers.pause(this.chance.spread(1, 12_000));
    if (shop.isDead) {
      this.died.add(id);
      return new Promise<never>(() => {});
    }
    if (this.chance.is(0.1)) throw new Error('the database is down');
    this.handled.set(id, (this.handled.get(id) ?? 0) + 1);
    this.handledAt.set(id, this.runtime.clock.now());
  }

  private planCrash(): void {
    this.runtime.timers.later(this.chance.exponential(3 * MINUTE), () => {
      const shop = this.alive;
      shop.die();
      const started = this.opened();
      this.shops = this.shops.map((one) => (one === shop ? started : one));
      this.planCrash();
    });
  }
}

/** Redis under a virtual clock; it can forget everything. */
class VirtualStore implements KopoKopoStore {
  readonly #documents = new Map<
    string,
    { document: string; version: string; until: number }
  >();

  constructor(private readonly runtime: VirtualRuntime) {}

  async read(key: string) {
    return this.told(key);
  }

  async swap(...[key, expected, next]: Parameters<MemoryStore['swap']>) {
    const found = this.told(key);
    if (found.version !== expected) return { swapped: false, ...found };
    if (next === undefined) this.#documents.delete(key);
    else {
      const until = found.now + next.ttl;
      this.#documents.set(key, { ...next, until });
    }
    return { swapped: true, ...this.told(key) };
  }

  async close() {}

  lose(): void {
    this.#documents.clear();
  }

  private told(key: string) {
    const now = this.runtime.clock.wall();
    const found = this.#documents.get(key);
    if (found === undefined || found.until <= now) return { now };
    return { document: found.document, version: found.version, now };
  }
}
