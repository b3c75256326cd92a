import { describe, expect, it } from '@jest/globals';
import { Body, Controller, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  IncomingPaymentRequest,
  KopoKopoClient,
  KopoKopoErrorInterceptor,
  KopoKopoModule,
  SendMoneyRequest,
} from '../../../lib/index.js';
import { KopoKopoSandbox } from '../../../lib/testing/index.js';
import { HTTP_PLATFORMS, listen } from '../../support/http-platforms.js';

declare const NEST_MAJOR: 11 | 12;

@Controller()
class ShopController {
  constructor(private readonly client: KopoKopoClient) {}

  @Post('payments')
  async pay(@Body() request: IncomingPaymentRequest): Promise<object> {
    return this.client.incomingPayments.create(request);
  }

  @Post('payouts')
  async payOut(@Body() request: SendMoneyRequest): Promise<object> {
    return this.client.sendMoney.create(request);
  }
}

const PIPES = [
  {},
  { whitelist: true },
  { whitelist: true, forbidNonWhitelisted: true },
  { transform: true },
  { transform: true, whitelist: true, forbidNonWhitelisted: true },
  {
    transform: true,
    transformOptions: { enableImplicitConversion: true },
  },
];

describe.each(HTTP_PLATFORMS)(
  `Request classes as DTOs, on Nest ${NEST_MAJOR} and $platform`,
  ({ adapter }) => {
    it.each(PIPES)('hold with ValidationPipe(%j)', async (pipe) => {
      const sandbox = await KopoKopoSandbox.start();
      const callbackUrl = `${sandbox.url}/callback`;
      const app = await NestFactory.create(
        {
          module: class Root {},
          imports: [KopoKopoModule.forRoot(sandbox.moduleOptions)],
          controllers: [ShopController],
        },
        adapter(),
        { logger: false },
      );
      app.useGlobalPipes(new ValidationPipe(pipe));
      app.useGlobalInterceptors(new KopoKopoErrorInterceptor());
      const url = await listen(app);
      const post = async (
        path: string,
        body: object,
      ): Promise<{ status: number; message: unknown }> => {
        const answer = await fetch(`${url}/${path}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        });
        const { message } = (await answer.json()) as { message?: unknown };
        return { status: answer.status, message };
      };
      const wallet = {
        type: 'mobile_wallet',
        phoneNumber: '0712345678',
        network: 'Safaricom',
        amount: 500,
        description: 'July',
      };

      const payment = {
        tillNumber: 'K700001',
        phoneNumber: '0712 345 678',
        amount: '150',
        metadata: { cart: 3 },
        callbackUrl,
      };
      expect(await post('payments', payment)).toMatchObject({ status: 201 });
      expect(
        await post('payouts', { destinations: [wallet, wallet], callbackUrl }),
      ).toMatchObject({ status: 201 });
      expect(
        await post('payments', { ...payment, phoneNumber: '1', amount: 0 }),
      ).toEqual({
        status: 400,
        message: [
          expect.stringMatching(/^phoneNumber must be a Kenyan mobile number/),
          'amount must be whole shillings, of at least KSh 1',
        ],
      });
      expect(
        await post('payouts', {
          destinations: [wallet, { ...wallet, amount: 9 }],
          callbackUrl,
        }),
      ).toEqual({
        status: 400,
        message: [
          'destinations[1].amount must be whole shillings, from KSh 10 to KSh 250,000',
        ],
      });
      await app.close();
      await sandbox.stop();
    });
  },
);
