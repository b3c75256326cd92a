import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { OrdersService } from './orders.service.js';
import { ShopController } from './shop.controller.js';

@Module({
  imports: [ConfigModule],
  controllers: [ShopController],
  providers: [OrdersService],
})
export class ShopModule {}
