import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
} from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import type { KopoKopoClient, ResourceReference } from '../../../lib/index.js';
import {
  clientOf,
  type RecordingServer,
  recordingServer,
} from '../../support/recording-server.js';
import { CREATIONS } from './operations.js';

describe.each(['v1', 'v2'] as const)('KopoKopoClient on %s', (apiVersion) => {
  let server: RecordingServer;
  let app: INestApplicationContext;
  let client: KopoKopoClient;

  beforeAll(async () => {
    server = await recordingServer();
    ({ app, client } = await clientOf(server, { apiVersion }));
  });
  beforeEach(() => void server.requests.splice(0));
  afterAll(async () => {
    await app.close();
    await server[Symbol.asyncDispose]();
  });

  // What v1 calls pay recipients has a row of its own below.
  const own = CREATIONS.filter(
    ({ name }) => apiVersion === 'v2' || !name.startsWith('externalRecipients'),
  );

  it.each(own)('$name sends the body of the reference', async (operation) => {
    const reference = (await operation.call(client)) as ResourceReference;

    expect(server.requests).toHaveLength(1);
    const [request] = server.requests;
    expect(request).toMatchObject({
      method: 'POST',
      path: operation.path[apiVersion],
      headers: {
        authorization: `Bearer ${'a'.repeat(43)}`,
        'content-type': 'application/json',
        accept: 'application/json',
      },
    });
    expect(request!.headers['user-agent']).toMatch(/^nestjs-kopokopo\//);
    expect(request!.body).toEqual(operation.body);
    expect(reference.location).toBe(
      `${server.url}${operation.path[apiVersion]}/${reference.id}`,
    );
    expect(JSON.parse(JSON.stringify(reference))).toEqual(reference);
    expect(Object.isFrozen(reference)).toBe(true);
  });

  it('calls external recipients what its version calls them', async () => {
    await client.externalRecipients.create({
      type: 'till',
      tillName: 'Duka',
      tillNumber: '12',
    });
    const [request] = server.requests;
    const [path, key] =
      apiVersion === 'v1'
        ? ['/api/v1/pay_recipients', 'pay_recipient']
        : ['/api/v2/external_recipients', 'external_recipient'];
    expect(request).toMatchObject({ path });
    expect(Object.keys(request!.body as object)).toEqual(['type', key]);
  });

  it('cancels a payment link by a POST below it', async () => {
    server.answer = () => ({
      status: 200,
      body: { message: 'Payment link cancelled.' },
    });
    await expect(client.paymentLinks.cancel('pl-1')).resolves.toBeUndefined();
    expect(server.requests).toMatchObject([
      { method: 'POST', path: '/api/v2/payment_links/pl-1/cancel', body: {} },
    ]);
  });
});
