import { BadGatewayException, Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { isKopoKopoError, KopoKopoHttpService } from 'nestjs-kopokopo';
import type {
  IncomingPayment,
  IncomingPaymentRequest,
} from './incoming-payment.interface.js';
import type { RequestPaymentDto } from './request-payment.dto.js';

/** A payment that Kopo Kopo has accepted; whether the customer pays is told later. */
export interface PaymentTicket {
  id: string;
  location: string;
}

export interface PaymentSummary {
  id: string;
  order?: string;
  status: string;
}

@Injectable()
export class PaymentsService {
  private readonly logger = new Logger(PaymentsService.name);

  constructor(
    private readonly kopokopo: KopoKopoHttpService,
    private readonly config: ConfigService,
  ) {}

  async request(payment: RequestPaymentDto): Promise<PaymentTicket> {
    const location = await this.send(payment);
    if (location !== undefined) {
      return { id: location.slice(location.lastIndexOf('/') + 1), location };
    }
    this.logger.warn(`Order ${payment.order} was accepted without a location.`);
    throw new BadGatewayException('The payment was accepted, its id is lost.');
  }

  async find(id: string): Promise<PaymentSummary> {
    const { body } = await this.kopokopo.get<IncomingPayment>(
      `incoming_payments/${id}`,
    );
    const { status, metadata } = body.data.attributes;
    return { id: body.data.id, order: metadata?.order, status };
  }

  private async send(payment: RequestPaymentDto): Promise<string | undefined> {
    try {
      const request = this.toRequest(payment);
      const { headers } = await this.kopokopo.post(
        'incoming_payments',
        request,
      );
      return headers.location;
    } catch (error) {
      // The customer's phone may be ringing: a second request would ask for the money twice.
      if (isKopoKopoError(error) && error.outcome === 'unknown') {
        this.logger.warn(
          `Order ${payment.order} may have been requested (${error.code}): look before it is sent again.`,
        );
      }
      throw error;
    }
  }

  /** The module's own route. */
  private get callbackUrl(): string {
    const url = this.config.getOrThrow<string>('KOPOKOPO_WEBHOOKS_PUBLIC_URL');
    return `${url}/kopokopo/webhooks`;
  }

  private toRequest({
    order,
    phoneNumber,
    amount,
  }: RequestPaymentDto): IncomingPaymentRequest {
    return {
      payment_channel: 'M-PESA STK Push',
      till_number: this.config.getOrThrow('SHOP_TILL_NUMBER'),
      subscriber: { phone_number: phoneNumber },
      amount: { currency: 'KES', value: String(amount) },
      metadata: { order },
      _links: { callback_url: this.callbackUrl },
    };
  }
}
