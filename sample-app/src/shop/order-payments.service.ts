import { Injectable, Logger } from '@nestjs/common';
import {
  type IncomingPayment,
  KopoKopoDropDelivery,
  OnKopoKopoResult,
} from 'nestjs-kopokopo';
import { type Order, OrderBook } from './order-book.service.js';

/** Marks orders paid when Kopo Kopo says so. */
@Injectable()
export class OrderPayments {
  private readonly logger = new Logger(OrderPayments.name);

  constructor(private readonly book: OrderBook) {}

  /** Called once for each end, whether Kopo Kopo called or the module has looked. */
  @OnKopoKopoResult('incoming_payment')
  async ended(payment: IncomingPayment): Promise<void> {
    const { reference, isFinal } = payment;
    if (!isFinal || reference === undefined) return;
    let state: Order['state'] | undefined;
    await this.book.change(reference, (order) => {
      if (order === undefined) {
        throw new KopoKopoDropDelivery('of an order that is not in the book');
      }
      if (order.state !== 'asked') return undefined;
      state = stateOf(order, payment);
      return {
        ...order,
        state,
        receipt: payment.transaction?.reference,
        failures: payment.failures,
      };
    });
    if (state) this.logger.log(`Order ${reference} is ${state}.`);
  }
}

/** Nothing is shipped for less than was asked for. */
function stateOf(order: Order, payment: IncomingPayment): Order['state'] {
  if (!payment.isPaid) return 'failed';
  const { currency, value } = payment.transaction?.amount ?? {};
  const isRight = currency === 'KES' && value === order.amount.toFixed(2);
  return isRight ? 'paid' : 'wrong amount';
}
