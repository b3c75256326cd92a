import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import { accountOf, SampleApp } from './sample-app.process.js';

let customers = 0;

/** A payment of a customer of its own: one phone rings once at a time. */
const payment = () => ({
  order: 'A-17',
  phoneNumber: `+2547123456${10 + customers++}`,
  amount: 150,
});

const SHOP = { SHOP_TILL_NUMBER: 'K700001' };

let sandbox: KopoKopoSandbox;
/** The app as a shop has it, in front of the sandbox; one process for all promises. */
let app: SampleApp;

beforeAll(async () => {
  sandbox = await KopoKopoSandbox.start();
  app = await SampleApp.start({ ...accountOf(sandbox), ...SHOP });
});

afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await sandbox.stop();
});

/** What the sandbox has counted since. */
function countingFrom() {
  const { token, api } = sandbox.counters;
  const created = sandbox.created.length;
  return () => ({
    token: sandbox.counters.token - token,
    api: sandbox.counters.api - api,
    created: sandbox.created.length - created,
  });
}

describe('payments of the sample app', () => {
  it('run without credentials too', async () => {
    await using trial = await SampleApp.start();

    const { status, body } = await trial.call('POST', '/payments', payment());

    expect(status).toBe(201);
    const { id } = body as { id: string };
    expect(await trial.call('GET', `/payments/${id}`)).toEqual({
      status: 200,
      body: { id, order: 'A-17', status: 'Pending' },
    });
  });

  it('are requested once, in the words of the API, and found by their id', async () => {
    const counted = countingFrom();

    const wanted = payment();

    const requested = await app.call('POST', '/payments', wanted);

    const { id, resource, body } = sandbox.created.at(-1)!;
    expect(resource).toBe('incoming_payments');
    expect(body).toEqual({
      payment_channel: 'M-PESA STK Push',
      till_number: 'K700001',
      subscriber: { phone_number: wanted.phoneNumber },
      amount: { currency: 'KES', value: '150' },
      metadata: { order: 'A-17' },
      _links: { callback_url: app.at('/kopokopo/webhooks') },
    });
    expect(requested).toEqual({
      status: 201,
      body: { id, location: `${sandbox.url}/api/v2/incoming_payments/${id}` },
    });
    expect(await app.call('GET', `/payments/${id}`)).toEqual({
      status: 200,
      body: { id, order: 'A-17', status: 'Pending' },
    });
    expect(counted()).toEqual({ token: 0, api: 2, created: 1 });
  });

  it('survive a token that the server dropped, and are there once', async () => {
    const counted = countingFrom();
    sandbox.revokeAllTokens();

    expect(await app.call('POST', '/payments', payment())).toMatchObject({
      status: 201,
    });
    expect(counted()).toEqual({ token: 1, api: 2, created: 1 });
  });

  it('that may have been requested are told of in the log, and not sent again', async () => {
    const counted = countingFrom();
    sandbox.failNext('api', { kind: 'lost' });

    expect(await app.call('POST', '/payments', payment())).toMatchObject({
      status: 502,
      body: { code: 'KOPOKOPO_CONNECTION', outcome: 'unknown' },
    });

    expect(counted()).toMatchObject({ api: 1, created: 1 });
    expect(app.output).toContain(
      'Order A-17 may have been requested (KOPOKOPO_CONNECTION): look before it is sent again.',
    );
    expect(app.output).not.toContain('7123456');
  });

  it('accepted without a location are an error that says so', async () => {
    sandbox.failNext('api', { kind: 'json', body: {}, status: 201 });

    expect(await app.call('POST', '/payments', payment())).toMatchObject({
      status: 502,
      body: { message: 'The payment was accepted, its id is lost.' },
    });
    expect(app.output).toContain('Order A-17 was accepted without a location.');
  });

  it('that Kopo Kopo refuses are answered with its reasons', async () => {
    const before = app.output.length;
    sandbox.failNext('api', {
      kind: 'status',
      status: 400,
      body: { error_code: 400, error_message: 'Till number is invalid' },
    });

    expect(await app.call('POST', '/payments', payment())).toEqual({
      status: 422,
      body: {
        statusCode: 422,
        error: 'Unprocessable Entity',
        message: ['Till number is invalid'],
        code: 'KOPOKOPO_REFUSED',
        outcome: 'rejected',
      },
    });
    expect(app.output.slice(before)).not.toContain('may have been requested');
  });

  it('that make no sense are refused before anything is sent', async () => {
    const counted = countingFrom();

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
        await app.call('POST', '/payments', { ...payment(), ...wrong }),
      ).toMatchObject({ status: 400 });
    }
    expect(counted().api).toBe(0);
  });

  it('that nobody requested are not found', async () => {
    const counted = countingFrom();
    const unknown = '/payments/2dcb0f3f-6b18-4bd3-8e9b-1f8b0c7c7a11';

    expect(await app.call('GET', unknown)).toMatchObject({
      status: 404,
      body: { code: 'KOPOKOPO_NOT_FOUND' },
    });
    expect(await app.call('GET', '/payments/..%2fsend_money')).toMatchObject({
      status: 400,
    });
    expect(counted().api).toBe(1);
  });
});
