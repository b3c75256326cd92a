import { Injectable, Optional } from '@nestjs/common';
import { KopoKopoSandbox } from 'nestjs-kopokopo/testing';

const PAYMENT = { order: 'A-17', phoneNumber: '+254712345678', amount: 150 };

/** Commands for a shell, to see what the app does. */
@Injectable()
export class CallsToTry {
  constructor(@Optional() private readonly sandbox?: KopoKopoSandbox) {}

  /** With an account of Kopo Kopo they ask for no payment: it would ring at somebody's phone. */
  at(url: string): string[] {
    const payment = `curl -X POST ${url}/payments -H 'Content-Type: application/json' -d '${JSON.stringify(PAYMENT)}'`;
    return [
      `curl ${url}/token`,
      this.sandbox === undefined ? `curl ${url}/token/status` : payment,
      `curl ${url}/health`,
    ];
  }
}
