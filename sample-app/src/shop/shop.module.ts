import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { OrderBook } from './order-book.service.js';
import { OrderEvents } from './order-events.service.js';
import { OrderPayments } from './order-payments.service.js';
import { OrdersService } from './orders.service.js';
import { ShopController } from './shop.controller.js';

@Module({
  imports: [ConfigModule],
  controllers: [ShopController],
  providers: [OrderBook, OrderEvents, OrderPayments, OrdersService],
})
export class ShopModule {}
