import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { ResolvedOptions } from '../config/resolved-options.interface.js';
import { DeliveryHandlers } from './delivery-handlers.js';
import { accountOf } from './delivery.parser.js';
import type { DeliveryReceiver } from './delivery.receiver.js';

/**
 * The accounts of an app, and which of them take deliveries.
 *
 * @internal
 */
@Injectable()
export class DeliveryAccounts implements OnApplicationBootstrap {
  private readonly logger = new Logger('KopoKopoWebhooks');
  private readonly receivers = new Map<string, DeliveryReceiver>();
  private readonly keyless = new Set<string>();

  constructor(private readonly handlers: DeliveryHandlers) {}

  join(receiver: DeliveryReceiver, { apiKey }: ResolvedOptions): void {
    this.receivers.set(receiver.account, receiver);
    if (apiKey === undefined) this.keyless.add(receiver.account);
  }

  /** Accounts that have a key. */
  verifying(): readonly DeliveryReceiver[] {
    return [...this.receivers.values()].filter(
      ({ account }) => !this.keyless.has(account),
    );
  }

  /** Nothing where an instance takes no deliveries: without a key, or where nobody wants any. */
  receiverOf(options: ResolvedOptions): DeliveryReceiver | undefined {
    const account = accountOf(options);
    const isWanted =
      options.webhooks.publicUrl !== undefined ||
      this.handlers.of(account).length > 0;
    return options.apiKey !== undefined && isWanted
      ? this.receivers.get(account)
      : undefined;
  }

  /** Handlers of an account, and what they hear. */
  heard(account: string): string {
    const handlers = this.handlers.of(account).map(({ id, listens }) => {
      const words = listens.map(({ kind, word }) => word ?? kind);
      return `${id} (${words.join(', ')})`;
    });
    return handlers.length === 0 ? 'no handlers yet' : handlers.join(', ');
  }

  onApplicationBootstrap(): void {
    for (const { id, listens } of this.handlers.all()) {
      for (const { account } of listens) {
        if (account !== undefined && !this.receivers.has(account)) {
          this.logger.warn(
            `${id} hears account ${account}, and no KopoKopoModule has this name: nothing comes to it.`,
          );
        }
      }
    }
    for (const account of this.keyless) {
      const [first] = this.handlers.of(account);
      if (first === undefined) continue;
      this.logger.warn(
        `${first.id} hears deliveries, and account ${account} has no apiKey: none can be verified, so none is taken. Set apiKey.`,
      );
    }
  }
}
