import { describe, expect, it } from '@jest/globals';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { accountOf, SampleApp } from './sample-app.process.js';

const PAYMENT = {
  order: 'A-17',
  phoneNumber: '+254712345678',
  amount: 150,
};

const SHOP = {
  SHOP_TILL_NUMBER: 'K700001',
  SHOP_CALLBACK_URL: 'https://shop.example/kopokopo',
};

/** The app as a shop has it, in front of a sandbox. */
function shopAt(
  sandbox: KopoKopoSandbox,
  variables: Record<string, string> = {},
): Promise<SampleApp> {
  return SampleApp.start({ ...accountOf(sandbox), ...SHOP, ...variables });
}

describe('payments of the sample app', () => {
  it('run without credentials too', async () => {
    await using app = await SampleApp.start();

    const { status, body } = await app.call('POST', '/payments', PAYMENT);

    expect(status).toBe(201);
    const { id } = body as { id: string };
    expect(await app.call('GET', `/payments/${id}`)).toEqual({
      status: 200,
      body: { id, order: 'A-17', status: 'Pending' },
    });
  });

  it('are requested once, in the words of the API, and found by their id', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    await using app = await shopAt(sandbox);

    const requested = await app.call('POST', '/payments', PAYMENT);

    const [{ id, resource, body }] = sandbox.created;
    expect(resource).toBe('incoming_payments');
    expect(body).toEqual({
      payment_channel: 'M-PESA STK Push',
      till_number: 'K700001',
      subscriber: { phone_number: '+254712345678' },
      amount: { currency: 'KES', value: '150' },
      metadata: { order: 'A-17' },
      _links: { callback_url: 'https://shop.example/kopokopo' },
    });
    expect(requested).toEqual({
      status: 201,
      body: { id, location: `${sandbox.url}/api/v2/incoming_payments/${id}` },
    });
    expect(await app.call('GET', `/payments/${id}`)).toEqual({
      status: 200,
      body: { id, order: 'A-17', status: 'Pending' },
    });
    expect(sandbox.created).toHaveLength(1);
    expect(sandbox.counters).toMatchObject({ token: 1, api: 2 });
  });

  it('survive a token that the server dropped, and are there once', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    await using app = await shopAt(sandbox);
    sandbox.revokeAllTokens();

    expect(await app.call('POST', '/payments', PAYMENT)).toMatchObject({
      status: 201,
    });
    expect(sandbox.created).toHaveLength(1);
    expect(sandbox.counters).toMatchObject({ token: 2, api: 2 });
  });

  it('that may have been requested are told of in the log, and not sent again', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    await using app = await shopAt(sandbox);
    sandbox.failNext('api', { kind: 'lost' });

    expect(await app.call('POST', '/payments', PAYMENT)).toMatchObject({
      status: 502,
      body: { code: 'KOPOKOPO_CONNECTION', outcome: 'unknown' },
    });

    expect(sandbox.created).toHaveLength(1);
    expect(sandbox.counters.api).toBe(1);
    expect(app.output).toContain(
      'Order A-17 may have been requested (KOPOKOPO_CONNECTION): look before it is sent again.',
    );
    expect(app.output).not.toContain('712345678');
  });

  it('accepted without a location are an error that says so', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    await using app = await shopAt(sandbox);
    sandbox.failNext('api', { kind: 'json', body: {}, status: 201 });

    expect(await app.call('POST', '/payments', PAYMENT)).toMatchObject({
      status: 502,
      body: { message: 'The payment was accepted, its id is lost.' },
    });
    expect(app.output).toContain('Order A-17 was accepted without a location.');
  });

  it('that Kopo Kopo refuses are answered with its reasons', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    await using app = await shopAt(sandbox);
    sandbox.failNext('api', {
      kind: 'status',
      status: 400,
      body: { error_code: 400, error_message: 'Till number is invalid' },
    });

    expect(await app.call('POST', '/payments', PAYMENT)).toEqual({
      status: 422,
      body: {
        statusCode: 422,
        error: 'Unprocessable Entity',
        message: ['Till number is invalid'],
        code: 'KOPOKOPO_REFUSED',
        outcome: 'rejected',
      },
    });
    expect(app.output).not.toContain('may have been requested');
  });

  it('that make no sense are refused before anything is sent', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    await using app = await shopAt(sandbox);

    for (const wrong of [
      { order: undefined },
      { order: '../send_money' },
      { phoneNumber: '+1555010' },
      { phoneNumber: 254_712_345_678 },
      { amount: 1.5 },
      { amount: 0 },
      { amount: '150' },
      { till_number: 'K700002' },
    ]) {
      expect(
        await app.call('POST', '/payments', { ...PAYMENT, ...wrong }),
      ).toMatchObject({ status: 400 });
    }
    expect(sandbox.counters.api).toBe(0);
  });

  it('that nobody requested are not found', async () => {
    await using sandbox = await KopoKopoSandbox.start();
    await using app = await shopAt(sandbox);
    const unknown = '/payments/2dcb0f3f-6b18-4bd3-8e9b-1f8b0c7c7a11';

    expect(await app.call('GET', unknown)).toMatchObject({
      status: 404,
      body: { code: 'KOPOKOPO_NOT_FOUND' },
    });
    expect(await app.call('GET', '/payments/..%2fsend_money')).toMatchObject({
      status: 400,
    });
    expect(sandbox.counters.api).toBe(1);
  });
});
