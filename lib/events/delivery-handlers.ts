import { Injectable, type Type } from '@nestjs/common';
import {
  ContextIdFactory,
  DiscoveryService,
  MetadataScanner,
  ModuleRef,
} from '@nestjs/core';
import type { KopoKopoDelivery } from './delivery.types.js';
import { hears, type Listening, listeningsOf } from './handler.decorators.js';

/** A provider as Nest's container knows it. */
type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** A method of a provider that hears deliveries. @internal */
export interface DeliveryHandler {
  /** `Class.method`: the same in every process, since the ledger names it. */
  readonly id: string;
  readonly listens: readonly Listening[];
  call(delivery: KopoKopoDelivery): Promise<void>;
}

/**
 * The handlers of an app: found once, by their decorators, on every provider and controller; called
 * directly, so that nothing that is meant for HTTP requests stands before them.
 *
 * @internal
 */
@Injectable()
export class DeliveryHandlers {
  #found: readonly DeliveryHandler[] | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly modules: ModuleRef,
  ) {}

  /** All of them. */
  all(): readonly DeliveryHandler[] {
    this.#found ??= this.find();
    return this.#found;
  }

  /** Those that hear an account, or this delivery of it. */
  of(account: string): readonly DeliveryHandler[] {
    return this.all().filter(({ listens }) =>
      listens.some((one) => (one.account ?? account) === account),
    );
  }

  /** Those that hear a delivery. */
  hearing(delivery: KopoKopoDelivery): readonly DeliveryHandler[] {
    return this.all().filter(({ listens }) =>
      listens.some((one) => hears(one, delivery)),
    );
  }

  private find(): DeliveryHandler[] {
    const wrappers = [
      ...this.discovery.getProviders(),
      ...this.discovery.getControllers(),
    ];
    const handlers = new Map<string, DeliveryHandler>();
    const owners = new Map<string, unknown>();
    for (const wrapper of wrappers) {
      for (const handler of this.handlersOf(wrapper)) {
        const owner = classOf(wrapper);
        // A class that two modules provide handles once; two classes of one name are two.
        const known = owners.get(handler.id);
        if (known === owner) continue;
        const id =
          known === undefined ? handler.id : `${handler.id}#${handlers.size}`;
        owners.set(id, owner);
        handlers.set(id, { ...handler, id });
      }
    }
    return [...handlers.values()];
  }

  private handlersOf(wrapper: Wrapper): DeliveryHandler[] {
    const owner = classOf(wrapper);
    if (owner === undefined) return [];
    const prototype = owner.prototype as Record<string, unknown>;
    return this.scanner
      .getAllMethodNames(prototype)
      .map((name) => ({ name, listens: listeningsOf(prototype[name]) }))
      .filter(({ listens }) => listens.length > 0)
      .map(({ name, listens }) => ({
        id: `${owner.name}.${name}`,
        listens,
        call: async (delivery) => {
          const instance = await this.instanceOf(wrapper, delivery);
          await instance[name]!(delivery.event, delivery);
        },
      }));
  }

  /** One of its own for each delivery where the provider is made for each request. */
  private async instanceOf(
    wrapper: Wrapper,
    delivery: KopoKopoDelivery,
  ): Promise<Record<string, (...args: unknown[]) => unknown>> {
    if (wrapper.isDependencyTreeStatic() && !wrapper.isTransient) {
      return wrapper.instance as never;
    }
    const context = ContextIdFactory.create();
    this.modules.registerRequestByContextId(delivery, context);
    return this.modules.resolve(wrapper.token as Type, context, {
      strict: false,
    }) as never;
  }
}

/** The class whose methods a provider has, a factory's too. */
function classOf({ instance, metatype }: Wrapper): Type | undefined {
  const made = (instance as object | null | undefined)?.constructor;
  const found = made === undefined || made === Object ? metatype : made;
  return typeof found === 'function' && found.prototype !== undefined
    ? (found as Type)
    : undefined;
}
