import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { OrdersService } from './orders.service.js';
import { PayOrderDto, PayOutDto } from './shop.dto.js';

@Controller()
export class ShopController {
  constructor(private readonly orders: OrdersService) {}

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
