import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ArgumentsHost, Logger } from '@nestjs/common';
import { lastValueFrom, type Observable } from 'rxjs';
import {
  KopoKopoErrorFilter,
  KopoKopoRefusedError,
  KopoKopoTimeoutError,
} from '../../lib/index.js';
import { failureOf, LogBook } from '../support/boot.js';

const BODY = {
  statusCode: 502,
  error: 'Bad Gateway',
  code: 'KOPOKOPO_TIMEOUT',
  outcome: 'unknown',
  message: expect.stringContaining('may have accepted'),
};

function lost(): KopoKopoTimeoutError {
  return new KopoKopoTimeoutError('No answer.', {
    method: 'POST',
    path: '/api/v2/send_money?phone=0712345678',
    requestId: 'req-7',
  });
}

function host(type: string, client?: unknown): ArgumentsHost {
  return {
    getType: () => type,
    switchToWs: () => ({ getClient: () => client }),
  } as unknown as ArgumentsHost;
}

let book: LogBook;

beforeEach(() => {
  book = new LogBook();
  Logger.overrideLogger(book);
});

afterEach(() => Logger.overrideLogger(false));

describe('KopoKopoErrorFilter in a microservice', () => {
  it('gives an RPC caller the body of an HTTP answer, and logs the error', async () => {
    const answer = new KopoKopoErrorFilter().catch(lost(), host('rpc'));
    expect(await failureOf(lastValueFrom(answer as Observable<never>))).toEqual(
      BODY,
    );
    expect(book.of('error')).toHaveLength(1);
    expect(book.of('warn')).toHaveLength(1);
  });
});

describe('KopoKopoErrorFilter in a WebSocket gateway', () => {
  const event = { status: 'error', ...BODY };

  it('sends an exception event to a client of socket.io', () => {
    const sent: unknown[] = [];
    const client = { emit: (...what: unknown[]) => sent.push(what) };
    new KopoKopoErrorFilter().catch(lost(), host('ws', client));
    expect(sent).toEqual([['exception', event]]);
    expect(book.of('error')).toHaveLength(1);
  });

  it('sends an exception event to a native client, whose emit reaches nobody', () => {
    const sent: string[] = [];
    const client = {
      readyState: 1,
      send: (text: string) => sent.push(text),
      emit: () => sent.push('emitted'),
    };
    new KopoKopoErrorFilter().catch(lost(), host('ws', client));
    expect(sent.map((text) => JSON.parse(text) as unknown)).toEqual([
      { event: 'exception', data: event },
    ]);
  });

  it('throws nothing where the client has gone', () => {
    new KopoKopoErrorFilter().catch(lost(), host('ws'));
    expect(book.of('error')).toHaveLength(1);
  });
});

describe('KopoKopoErrorFilter in GraphQL', () => {
  it('leaves the error to Nest, which throws it on', () => {
    const filter = new KopoKopoErrorFilter();
    expect(filter.catch(lost(), host('graphql'))).toBeUndefined();
    expect(book.of('error')).toHaveLength(0);
  });
});

describe('the warning of an unknown outcome', () => {
  it('names call, outcome and request id, and nothing of a query', () => {
    new KopoKopoErrorFilter().catch(lost(), host('graphql'));
    const [warning] = book.of('warn');
    expect(warning).toContain('KOPOKOPO_TIMEOUT, outcome unknown');
    expect(warning).toContain('POST /api/v2/send_money may');
    expect(warning).toContain('request id: req-7');
    expect(warning).toContain('graphql');
    expect(warning).not.toContain('0712345678');
    expect(warning).toMatch(/ KopoKopo\w*$/);
  });

  it('is left out where the outcome is known', () => {
    const refused = new KopoKopoRefusedError('No.', { method: 'POST' });
    new KopoKopoErrorFilter().catch(refused, host('graphql'));
    expect(book.lines).toEqual([]);
  });

  it('names a call that is not known as such', () => {
    const nameless = new KopoKopoTimeoutError('No answer.');
    new KopoKopoErrorFilter().catch(nameless, host('graphql'));
    expect(book.of('warn')[0]).toMatch(/unknown: A call may.*request id: none/);
  });
});
