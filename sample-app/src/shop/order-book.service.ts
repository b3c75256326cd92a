import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { type KopoKopoStore, MemoryStore } from 'nestjs-kopokopo';
import { RedisStore } from 'nestjs-kopokopo/redis';
import { randomUUID } from 'node:crypto';

/** An order, and how its payment stands. */
export interface Order {
  order: string;
  state: 'asked' | 'paid' | 'failed' | 'wrong amount';
  /** Shillings that are wanted. */
  amount: number;
  /** M-PESA's code, once it is paid. */
  receipt?: string;
  /** Why it failed. */
  failures: readonly string[];
}

const THIRTY_DAYS = 30 * 86_400_000;

/** The orders, in Redis where there is one. A real shop has a table in its database. */
@Injectable()
export class OrderBook implements OnApplicationShutdown {
  private readonly store: KopoKopoStore;

  constructor(config: ConfigService) {
    const url = config.get<string>('KOPOKOPO_REDIS_URL');
    this.store = url
      ? new RedisStore({ url, keyPrefix: 'shop:' })
      : new MemoryStore();
  }

  async find(order: string): Promise<Order | undefined> {
    const { document } = await this.store.read(order);
    return document === undefined ? undefined : (JSON.parse(document) as Order);
  }

  /** Writes what `change` makes of the order as it is; nothing where it gives nothing. */
  async change(
    order: string,
    change: (present: Order | undefined) => Order | undefined,
  ): Promise<void> {
    for (;;) {
      const { document, version } = await this.store.read(order);
      const present =
        document === undefined ? undefined : (JSON.parse(document) as Order);
      const next = change(present);
      if (next === undefined) return;
      const written = await this.store.swap(order, version, {
        document: JSON.stringify(next),
        version: randomUUID(),
        ttl: THIRTY_DAYS,
      });
      if (written.swapped) return;
    }
  }

  onApplicationShutdown(): Promise<void> {
    return this.store.close();
  }
}
