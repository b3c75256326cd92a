import {
  ConflictException,
  Injectable,
  NotFoundException,
} from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import {
  isKopoKopoError,
  KopoKopoClient,
  type ResourceReference,
} from 'nestjs-kopokopo';
import type { PayOrderDto, PayOutDto } from './shop.dto.js';

/** Orders and their payments. A real shop keeps them in its database. */
@Injectable()
export class OrdersService {
  private readonly payments = new Map<string, Promise<ResourceReference>>();

  constructor(
    private readonly kopokopo: KopoKopoClient,
    private readonly config: ConfigService,
  ) {}

  /** Asks for the money once: an order that is asked for again has its first request. */
  pay(
    order: string,
    { phone, amount }: PayOrderDto,
  ): Promise<ResourceReference> {
    const known = this.payments.get(order);
    if (known !== undefined) return known;
    const payment = this.kopokopo.incomingPayments.create({
      tillNumber: this.config.getOrThrow('SHOP_TILL_NUMBER'),
      phoneNumber: phone,
      amount,
      reference: order,
      callbackUrl: this.callbackUrl,
    });
    this.payments.set(order, payment);
    payment.catch((error: unknown) => {
      // One of unknown outcome may ring at the phone: it stays, so that it is not asked for again.
      const mayRing = isKopoKopoError(error) && error.outcome === 'unknown';
      if (!mayRing) this.payments.delete(order);
    });
    return payment;
  }

  /** How an order stands, with its receipt once it is paid. */
  async find(order: string): Promise<object> {
    const { isPaid, failures, transaction } = await this.paymentOf(order);
    const { reference: receipt, amount } = transaction ?? {};
    return { order, isPaid, failures, receipt, amount };
  }

  /** Gives the money of an order back, and waits until it is. */
  async reverse(order: string): Promise<object> {
    const { transaction } = await this.paymentOf(order);
    if (transaction?.reference === undefined) {
      throw new ConflictException('The order is not paid.');
    }
    const reversal = await this.kopokopo.reversals.create({
      transactionReference: transaction.reference,
      reason: `Order ${order} came back`,
      callbackUrl: this.callbackUrl,
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
      callbackUrl: this.callbackUrl,
    });
    const { isTransferred, failures } =
      await this.kopokopo.sendMoney.waitUntilFinal(payout);
    return { id: payout.id, isTransferred, failures };
  }

  private async paymentOf(order: string) {
    const payment = await this.payments.get(order);
    if (payment === undefined) throw new NotFoundException();
    return this.kopokopo.incomingPayments.get(payment);
  }

  private get callbackUrl(): string {
    return this.config.getOrThrow('SHOP_CALLBACK_URL');
  }
}
