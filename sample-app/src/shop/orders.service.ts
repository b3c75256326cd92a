import {
  ConflictException,
  Injectable,
  NotFoundException,
} from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { KopoKopoClient, type ResourceReference } from 'nestjs-kopokopo';
import { type Order, OrderBook } from './order-book.service.js';
import type { PayOrderDto, PayOutDto } from './shop.dto.js';

/** Orders and their payments. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly kopokopo: KopoKopoClient,
    private readonly book: OrderBook,
    private readonly config: ConfigService,
  ) {}

  /** Asks for the money once: the reference makes an order that is asked for again give its first request. */
  async pay(
    order: string,
    { phone, amount }: PayOrderDto,
  ): Promise<ResourceReference> {
    await this.book.change(order, (present) =>
      present === undefined
        ? { order, state: 'asked', amount: Number(amount), failures: [] }
        : undefined,
    );
    return this.kopokopo.incomingPayments.create({
      tillNumber: this.config.getOrThrow('SHOP_TILL_NUMBER'),
      phoneNumber: phone,
      amount,
      reference: order,
    });
  }

  /** How an order stands, with its receipt once it is paid. */
  async find(order: string): Promise<Order> {
    const found = await this.book.find(order);
    if (found === undefined) throw new NotFoundException();
    return found;
  }

  /** Gives the money of an order back, and waits until it is. */
  async reverse(order: string): Promise<object> {
    const { receipt } = await this.find(order);
    if (receipt === undefined) {
      throw new ConflictException('The order is not paid.');
    }
    const reversal = await this.kopokopo.reversals.create({
      transactionReference: receipt,
      reason: `Order ${order} came back`,
      reference: order,
    });
    const { isReversed, failures } =
      await this.kopokopo.reversals.waitUntilFinal(reversal);
    return { order, isReversed, failures };
  }

  /** Pays a supplier, and waits until the money has moved. */
  async payOut({ phone, amount, description }: PayOutDto): Promise<object> {
    const type = 'mobile_wallet';
    const to = { type, phoneNumber: phone, network: 'Safaricom' } as const;
    const payout = await this.kopokopo.sendMoney.create({
      destinations: [{ ...to, amount, description }],
    });
    const { isTransferred, failures } =
      await this.kopokopo.sendMoney.waitUntilFinal(payout);
    return { id: payout.id, isTransferred, failures };
  }
}
