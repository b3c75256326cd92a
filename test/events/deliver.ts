import { request } from 'node:http';
import { signDelivery } from '../../lib/testing/index.js';

export const API_KEY = 'k2-demo-api-key';

export interface Delivered {
  status: number;
  body: string;
  headers: Record<string, unknown>;
}

export interface DeliverHow {
  key?: string;
  method?: string;
  /** Names of headers in place of those that are usual; `undefined` leaves one out. */
  headers?: Record<string, string | string[] | undefined>;
  /** Whether the body goes in pieces, without its length. */
  chunked?: boolean;
}

/** Sends a delivery over a socket of its own, signed. */
export function deliver(
  url: string,
  content: string | Buffer | object,
  { key = API_KEY, method = 'POST', headers = {}, chunked }: DeliverHow = {},
): Promise<Delivered> {
  const { body, headers: signed } = signDelivery(content, key);
  const all = Object.entries({ ...signed, ...headers }).filter(
    (entry): entry is [string, string | string[]] => entry[1] !== undefined,
  );
  return new Promise((resolve, reject) => {
    const call = request(url, {
      method,
      agent: false,
      headers: {
        ...Object.fromEntries(all),
        ...(chunked ? {} : { 'content-length': body.byteLength }),
      },
    });
    call.once('error', reject);
    call.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode!,
          body: Buffer.concat(chunks).toString(),
          headers: response.headers,
        }),
      );
    });
    if (!chunked) call.end(body);
    else {
      const middle = Math.ceil(body.byteLength / 2);
      call.write(body.subarray(0, middle));
      call.end(body.subarray(middle));
    }
  });
}

/** A payment at a till, as the reference has it. */
export function buygoods(id = 'res-1', event = 'evt-1') {
  return {
    topic: 'buygoods_transaction_received',
    id: event,
    created_at: '2026-08-01T09:15:30+03:00',
    event: {
      type: 'Buygoods Transaction',
      resource: {
        id,
        amount: '150.0',
        status: 'Received',
        system: 'Lipa Na M-PESA',
        currency: 'KES',
        reference: 'SH1ABC2DEF',
        till_number: '400001',
        sender_phone_number: '+254712345678',
        hashed_sender_phone: 'b'.repeat(64),
        origination_time: '2026-08-01T09:15:28+03:00',
        sender_first_name: 'Ana',
        sender_middle_name: null,
        sender_last_name: 'Wanjiru',
      },
    },
    _links: {
      self: `https://sandbox.kopokopo.com/webhook_events/${event}`,
      resource: `https://sandbox.kopokopo.com/financial_transaction/${id}`,
    },
  };
}

/** The result of an STK push. */
export function incomingPayment(id = 'pay-1', status = 'Success') {
  const resource = buygoods('res-9').event.resource;
  return {
    data: {
      id,
      type: 'incoming_payment',
      attributes: {
        initiation_time: '2026-08-01T09:15:00+03:00',
        status,
        event: {
          type: 'Incoming Payment Request',
          resource: status === 'Success' ? resource : null,
          errors: status === 'Success' ? null : 'Cancelled by the user',
        },
        metadata: { reference: 'A-17' },
        _links: {
          callback_url: 'https://shop.example/kopokopo/webhooks',
          self: `https://sandbox.kopokopo.com/api/v2/incoming_payments/${id}`,
        },
      },
    },
  };
}
