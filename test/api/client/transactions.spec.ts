import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import {
  type KopoKopoClient,
  KopoKopoResponseError,
  KopoKopoValidationError,
  type TransactionHistoryRequest,
} from '../../../lib/index.js';
import { failureOf } from '../../support/boot.js';
import {
  clientOf,
  type RecordingServer,
  recordingServer,
} from '../../support/recording-server.js';

const DAY = 86_400_000;
const REQUEST: TransactionHistoryRequest = {
  scope: 'company',
  from: '2026-08-01T00:00:00+03:00',
  to: '2026-08-04T00:00:00+03:00',
  callbackUrl: 'https://shop.example/k2',
};

interface Item {
  id: string;
  status?: string;
}

describe('polling.transactions', () => {
  let server: RecordingServer;
  let app: INestApplicationContext;
  let client: KopoKopoClient;
  let windows: { from_time: string; to_time: string }[];
  let pages: Item[][];
  let status: string;

  beforeEach(async () => {
    server = await recordingServer();
    ({ app, client } = await clientOf(server));
    windows = [];
    pages = [];
    status = 'Success';
    server.answer = ({ method, body, path }) => {
      if (method === 'POST') {
        windows.push(body as (typeof windows)[number]);
        const id = `window-${windows.length}`;
        return { status: 201, headers: { location: `${path}/${id}` } };
      }
      const page = pages[Number(path.split('-').at(-1)) - 1] ?? [];
      const transactions = page.map((resource) => ({
        type: 'Buygoods Transaction',
        resource: { status: 'Received', ...resource },
      }));
      const attributes = { status, transactions, errors: ['Closed'] };
      return {
        status: 200,
        body: { data: { id: 'p', type: 'polling', attributes } },
      };
    };
  });
  afterEach(async () => {
    await app.close();
    await server[Symbol.asyncDispose]();
  });

  async function all(
    request: Partial<TransactionHistoryRequest> = {},
  ): Promise<string[]> {
    const found: string[] = [];
    for await (const { id, status: word } of client.polling.transactions({
      ...REQUEST,
      ...request,
    })) {
      found.push(`${id} ${word}`);
    }
    return found;
  }

  it('goes through the windows of the time without a gap', async () => {
    await all();
    expect(windows.map((one) => [one.from_time, one.to_time])).toEqual([
      ['2026-08-01T00:00:00+03:00', '2026-08-02T00:00:00+03:00'],
      ['2026-08-02T00:00:00+03:00', '2026-08-03T00:00:00+03:00'],
      ['2026-08-03T00:00:00+03:00', '2026-08-04T00:00:00+03:00'],
    ]);
    windows.length = 0;
    await all({ window: 2 * DAY });
    expect(windows.map(({ to_time }) => to_time)).toEqual([
      '2026-08-03T00:00:00+03:00',
      '2026-08-04T00:00:00+03:00',
    ]);
  });

  it('tells each transaction once, and one that was given back once as that', async () => {
    pages = [
      [{ id: 'a' }, { id: 'b' }, { id: 'b' }],
      [{ id: 'b' }, { id: 'c' }, { id: 'a', status: 'Reversed' }],
      [{ id: 'c' }, { id: 'd' }],
    ];
    expect(await all()).toEqual([
      'a Received',
      'b Received',
      'c Received',
      'a Reversed',
      'd Received',
    ]);
  });

  it('asks for no window before it is iterated, nor behind a break', async () => {
    pages = [[{ id: 'a' }], [{ id: 'b' }]];
    const transactions = client.polling.transactions(REQUEST);
    expect(windows).toEqual([]);
    for await (const one of transactions) {
      expect(one.id).toBe('a');
      break;
    }
    expect(windows).toHaveLength(1);
  });

  it('ends with what Kopo Kopo says where it gives none', async () => {
    status = 'Failed';
    const error = await failureOf(all());
    expect(error).toBeInstanceOf(KopoKopoResponseError);
    expect(error).toMatchObject({ messages: ['Closed'] });
  });

  it.each([
    ['a time backwards', { to: '2026-07-01' }],
    ['no time', { from: 'soon' }],
    ['an empty time', { to: REQUEST.from }],
    ['a window of nothing', { window: 0 }],
    ['a window of a moment', { window: 1 }],
    ['an endless window', { window: Number.NaN }],
    ['a till without its number', { scope: 'till' as const }],
  ])('refuses %s before it asks', async (_what, change) => {
    const error = await failureOf(all(change));
    expect(error).toBeInstanceOf(KopoKopoValidationError);
    expect(windows).toEqual([]);
  });
});
