import type { KopoKopoTopic } from '../api/webhook-subscriptions/webhook-subscription.request.js';
import type {
  EventOf,
  KopoKopoDarajaDelivery,
  KopoKopoDelivery,
  KopoKopoResultDelivery,
  KopoKopoResultType,
  KopoKopoWebhookDelivery,
  ResultOf,
} from './delivery.types.js';
import type { DarajaPayment } from './answers/daraja.answer.js';
import { KopoKopoConfigurationError } from '../errors/configuration.error.js';

const LISTENS = Symbol.for('nestjs-kopokopo.listens');

/** Which deliveries a handler hears. @publicApi */
export interface KopoKopoHandlerOptions {
  /** Those of one account: the `name` of its instance, `default` for the one without. Default: all. */
  account?: string | undefined;
}

/** A topic or type that a handler listens to. @internal */
export interface Listening {
  kind: 'webhook' | 'result' | 'daraja' | 'any';
  /** Topic or type. */
  word?: string;
  account?: string;
}

/**
 * Decorates a method that takes an event and its delivery.
 *
 * @publicApi
 */
export type KopoKopoHandlerDecorator<Event, Delivery> = <
  T extends (event: Event, delivery: Delivery) => unknown,
>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<T>,
) => void;

/**
 * The method handles events of a topic. It is called once for each, until it succeeds: what it throws makes
 * Kopo Kopo deliver again.
 *
 * @example
 * ```ts
 * @OnKopoKopoWebhook('buygoods_transaction_received')
 * async paid(payment: Transaction, delivery: KopoKopoWebhookDelivery) {}
 * ```
 * @publicApi
 */
export function OnKopoKopoWebhook<Topic extends KopoKopoTopic>(
  topic: Topic,
  options: KopoKopoHandlerOptions = {},
): KopoKopoHandlerDecorator<EventOf<Topic>, KopoKopoWebhookDelivery<Topic>> {
  return listening('webhook', options, word('OnKopoKopoWebhook', topic));
}

/**
 * The method handles results of one type of request, final or not: look at `isFinal`.
 *
 * @example
 * ```ts
 * @OnKopoKopoResult('incoming_payment')
 * async ended(payment: IncomingPayment) {}
 * ```
 * @publicApi
 */
export function OnKopoKopoResult<Type extends KopoKopoResultType>(
  type: Type,
  options: KopoKopoHandlerOptions = {},
): KopoKopoHandlerDecorator<ResultOf<Type>, KopoKopoResultDelivery<Type>> {
  return listening('result', options, word('OnKopoKopoResult', type));
}

/**
 * The method handles payments in Daraja's form.
 *
 * @publicApi
 */
export function OnKopoKopoDaraja(
  options: KopoKopoHandlerOptions = {},
): KopoKopoHandlerDecorator<DarajaPayment, KopoKopoDarajaDelivery> {
  return listening('daraja', options);
}

/**
 * The method handles every delivery, those of unknown kinds too.
 *
 * @publicApi
 */
export function OnAnyKopoKopoDelivery(
  options: KopoKopoHandlerOptions = {},
): KopoKopoHandlerDecorator<KopoKopoDelivery['event'], KopoKopoDelivery> {
  return listening('any', options);
}

/** The topics and types that a method listens to; none where it is no handler. @internal */
export function listeningsOf(method: unknown): readonly Listening[] {
  if (typeof method !== 'function') return [];
  const listens = (method as { [LISTENS]?: Listening[] })[LISTENS];
  return Object.hasOwn(method, LISTENS) ? listens! : [];
}

/** Is this delivery one of those? @internal */
export function hears(
  { kind, word: wanted, account }: Listening,
  delivery: KopoKopoDelivery,
): boolean {
  if (account !== undefined && account !== delivery.account) return false;
  if (kind === 'any') return true;
  if (kind !== delivery.kind) return false;
  if (delivery.kind === 'webhook') return wanted === delivery.topic;
  return delivery.kind !== 'result' || wanted === delivery.type;
}

/** A method may have several. */
function listening(
  kind: Listening['kind'],
  { account }: KopoKopoHandlerOptions,
  wanted?: string,
): (target: object, key: string | symbol, descriptor: object) => void {
  return (_target, key, descriptor) => {
    const method = (descriptor as PropertyDescriptor | undefined)
      ?.value as unknown;
    if (typeof method !== 'function') {
      throw new KopoKopoConfigurationError(
        `A handler of Kopo Kopo's deliveries must be a method; ${String(key)} is none.`,
      );
    }
    const one: Listening = { kind };
    if (wanted !== undefined) one.word = wanted;
    if (account !== undefined) one.account = account;
    const all = [...listeningsOf(method), one];
    Object.defineProperty(method, LISTENS, { value: all, configurable: true });
  };
}

function word(decorator: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new KopoKopoConfigurationError(
    `${decorator} needs a word of Kopo Kopo's, such as incoming_payment or buygoods_transaction_received.`,
  );
}
