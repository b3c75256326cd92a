import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
} from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import {
  type KopoKopoClient,
  KopoKopoResponseError,
  KopoKopoValidationError,
} from '../../../lib/index.js';
import { failureOf } from '../../support/boot.js';
import {
  clientOf,
  type RecordingServer,
  recordingServer,
} from '../../support/recording-server.js';

const REVERSAL = {
  transactionReference: 'SH1',
  reason: 'Returned',
  callbackUrl: 'https://shop.example/k2',
};
const FOUND = {
  status: 200,
  body: { data: { id: 'the-id', type: 'reversal', attributes: {} } },
};

let server: RecordingServer;
let app: INestApplicationContext;
let client: KopoKopoClient;

beforeAll(async () => {
  server = await recordingServer();
  ({ app, client } = await clientOf(server));
});
beforeEach(() => void server.requests.splice(0));
afterAll(async () => {
  await app.close();
  await server[Symbol.asyncDispose]();
});

describe('What create gives', () => {
  const host = (): string => new URL(server.url).host;

  it.each([
    [
      'in lower case',
      'location',
      () => `${server.url}/api/v2/reversals/the-id`,
    ],
    ['in any case', 'LOCATION', () => `${server.url}/api/v2/reversals/the-id`],
    ['without a version', 'Location', () => `${server.url}/reversals/the-id`],
    [
      'with another scheme',
      'Location',
      () => `https://${host()}/api/v2/reversals/the-id`,
    ],
    [
      'of another host',
      'Location',
      () => 'https://k2.example/api/v1/reversals/the-id',
    ],
    [
      'with a slash at its end',
      'Location',
      () => `${server.url}/api/v2/reversals/the-id/`,
    ],
    [
      'with a query',
      'Location',
      () => `${server.url}/api/v2/reversals/the-id?a=1`,
    ],
    ['without a host', 'Location', () => '/api/v2/reversals/the-id'],
  ])('is the same for a location %s', async (_what, name, location) => {
    server.answer = () => ({ status: 201, headers: { [name]: location() } });
    expect(await client.reversals.create(REVERSAL)).toEqual({
      id: 'the-id',
      type: 'reversal',
      location: `${server.url}/api/v2/reversals/the-id`,
    });
  });

  it.each([
    ['no location', 201, {}],
    ['an empty location', 201, { location: '' }],
    ['a location without an id', 200, { location: 'https://k2.example/' }],
    ['a location with a strange id', 201, { location: '/reversals/a b' }],
  ])(
    'is an error of unknown outcome where there is %s: it was accepted',
    async (_what, status, headers) => {
      server.answer = () => ({
        status,
        headers: headers as Record<string, string>,
        body: '{}',
      });
      const error = await failureOf(client.reversals.create(REVERSAL));
      expect(error).toBeInstanceOf(KopoKopoResponseError);
      expect(error).toMatchObject({
        outcome: 'unknown',
        retryable: false,
        status,
        method: 'POST',
        path: '/api/v2/reversals',
      });
      expect(server.requests).toHaveLength(1);
    },
  );
});

describe('get', () => {
  it.each([
    ['an id', () => 'the-id'],
    ['a reference', () => ({ id: 'the-id', type: 'reversal', location: '' })],
    ['a location', () => `${server.url}/api/v2/reversals/the-id`],
    ['a location without a version', () => `${server.url}/reversals/the-id`],
    ['a path', () => '/api/v2/reversals/the-id'],
    [
      'a location of https',
      () => `https://${new URL(server.url).host}/api/v2/reversals/the-id`,
    ],
  ])('takes %s', async (_what, target) => {
    server.answer = () => FOUND;
    expect(await client.reversals.get(target())).toMatchObject({
      id: 'the-id',
    });
    expect(server.requests).toMatchObject([
      { method: 'GET', path: '/api/v2/reversals/the-id' },
    ]);
  });

  it.each([
    ['another host', () => 'https://evil.example/api/v2/reversals/the-id'],
    ['another port', () => 'http://127.0.0.1:1/api/v2/reversals/the-id'],
    [
      'a user in it',
      () => server.url.replace('//', '//a:b@') + '/api/v2/reversals/the-id',
    ],
    ['another resource', () => `${server.url}/api/v2/send_money/the-id`],
    ['a path that goes up', () => '../../oauth/token'],
    ['an encoded path', () => 'a%2f..%2fb'],
    ['nothing', () => ''],
    ['a space', () => 'the id'],
    ['two dots', () => '..'],
    ['a line break', () => 'the-id\r\nX-Evil: 1'],
    ['no text', () => undefined as unknown as string],
    ['null', () => null as unknown as string],
    ['a number', () => 5 as unknown as string],
    [
      'a reference of another kind',
      () => ({ id: 'the-id', type: 'send_money', location: '' }),
    ],
    ['a reference without an id', () => ({ type: 'reversal' }) as never],
  ])('refuses %s, and the access token goes nowhere', async (_what, target) => {
    const error = await failureOf(client.reversals.get(target()));
    expect(error).toBeInstanceOf(KopoKopoValidationError);
    expect(server.requests).toEqual([]);
  });
});
