import {
  Body,
  Controller,
  Get,
  Param,
  ParseUUIDPipe,
  Post,
} from '@nestjs/common';
import {
  type PaymentSummary,
  PaymentsService,
  type PaymentTicket,
} from './payments.service.js';
import { RequestPaymentDto } from './request-payment.dto.js';

@Controller('payments')
export class PaymentsController {
  constructor(private readonly payments: PaymentsService) {}

  /** Asks a customer to pay on the phone (M-PESA STK push). */
  @Post()
  request(@Body() payment: RequestPaymentDto): Promise<PaymentTicket> {
    return this.payments.request(payment);
  }

  /** How it stands: `Pending`, `Success` or `Failed`. */
  @Get(':id')
  find(@Param('id', ParseUUIDPipe) id: string): Promise<PaymentSummary> {
    return this.payments.find(id);
  }
}
