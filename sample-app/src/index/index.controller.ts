import { Controller, Get, Headers } from '@nestjs/common';
import { CallsToTry } from './calls-to-try.service.js';

const ROUTES = [
  'GET /token',
  'GET /token/status',
  'POST /token/introspect',
  'POST /token/renew',
  'POST /token/revoke',
  'POST /payments',
  'GET /payments/:id',
  'POST /orders/:order/payment',
  'GET /orders/:order',
  'GET /orders/:order/events',
  'POST /orders/:order/reversal',
  'POST /suppliers/payout',
  'GET /health',
  'POST /kopokopo/webhooks',
];

/** What there is, for somebody who opens the address in a browser. */
export interface Index {
  routes: string[];
  try: string[];
}

@Controller()
export class IndexController {
  constructor(private readonly calls: CallsToTry) {}

  @Get()
  index(@Headers('host') host: string): Index {
    return { routes: ROUTES, try: this.calls.at(`http://${host}`) };
  }
}
