import {
  Body,
  Controller,
  Get,
  type MessageEvent,
  Param,
  Post,
  Sse,
} from '@nestjs/common';
import type { Observable } from 'rxjs';
import { OrderEvents } from './order-events.service.js';
import { OrdersService } from './orders.service.js';
import { PayOrderDto, PayOutDto } from './shop.dto.js';

@Controller()
export class ShopController {
  constructor(
    private readonly orders: OrdersService,
    private readonly events: OrderEvents,
  ) {}

  /** Asks the customer to pay on the phone. The same order asked for twice makes one payment. */
  @Post('orders/:order/payment')
  pay(@Param('order') order: string, @Body() payment: PayOrderDto) {
    return this.orders.pay(order, payment);
  }

  /** Whether an order is paid, and its receipt. */
  @Get('orders/:order')
  find(@Param('order') order: string) {
    return this.orders.find(order);
  }

  /** The states of an order as they come (server-sent events). */
  @Sse('orders/:order/events')
  follow(@Param('order') order: string): Observable<MessageEvent> {
    return this.events.of(order);
  }

  /** Gives the money back. */
  @Post('orders/:order/reversal')
  reverse(@Param('order') order: string) {
    return this.orders.reverse(order);
  }

  /** Pays a supplier. */
  @Post('suppliers/payout')
  payOut(@Body() payout: PayOutDto) {
    return this.orders.payOut(payout);
  }
}
