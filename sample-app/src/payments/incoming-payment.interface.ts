/** Body of `POST /api/v2/incoming_payments`: asks a customer to pay on the phone. */
export interface IncomingPaymentRequest {
  payment_channel: 'M-PESA STK Push';
  till_number: string;
  subscriber: { phone_number: string };
  amount: { currency: 'KES'; value: string };
  metadata: { order: string };
  _links: { callback_url: string };
}

/** What Kopo Kopo says of it; only the parts that are read here. */
export interface IncomingPayment {
  data: {
    id: string;
    attributes: { status: string; metadata?: { order?: string } | null };
  };
}
