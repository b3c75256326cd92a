import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  Module,
  NotFoundException,
  Param,
  UseInterceptors,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { lastValueFrom, of, throwError } from 'rxjs';
import {
  KopoKopoAbortError,
  KopoKopoAuthenticationError,
  KopoKopoConfigurationError,
  KopoKopoConnectionError,
  type KopoKopoError,
  KopoKopoErrorInterceptor,
  KopoKopoNotFoundError,
  KopoKopoPermissionError,
  KopoKopoRateLimitError,
  KopoKopoRefusedError,
  KopoKopoResponseError,
  KopoKopoServerError,
  KopoKopoShutdownError,
  KopoKopoTimeoutError,
  KopoKopoValidationError,
} from '../../lib/index.js';
import { failureOf } from '../support/boot.js';

const OPERATORS_ONLY = 'internal: for the operator, not for the caller';
const PROVIDER_FAILED = 'The payment provider could not serve the request.';

/** Error, status, reason phrase and message of the answer. */
const CASES: Record<string, [KopoKopoError, number, string, unknown]> = {
  validation: [
    new KopoKopoValidationError('The amount is not whole.', {
      messages: ['amount must be whole'],
    }),
    400,
    'Bad Request',
    ['amount must be whole'],
  ],
  'validation-without-messages': [
    new KopoKopoValidationError('The amount is not whole.'),
    400,
    'Bad Request',
    'The amount is not whole.',
  ],
  refused: [
    new KopoKopoRefusedError(OPERATORS_ONLY, {
      status: 400,
      messages: ['Till number is invalid', 'and more'],
    }),
    422,
    'Unprocessable Entity',
    ['Till number is invalid', 'and more'],
  ],
  'not-found': [
    new KopoKopoNotFoundError('Kopo Kopo answered 404'),
    404,
    'Not Found',
    'Kopo Kopo answered 404',
  ],
  'rate-limit': [
    new KopoKopoRateLimitError(OPERATORS_ONLY, {
      messages: ['wait'],
      retryAfter: 6.2,
    }),
    429,
    'Too Many Requests',
    ['wait'],
  ],
  authentication: [
    new KopoKopoAuthenticationError(OPERATORS_ONLY, {
      messages: [OPERATORS_ONLY],
    }),
    502,
    'Bad Gateway',
    PROVIDER_FAILED,
  ],
  permission: [
    new KopoKopoPermissionError(OPERATORS_ONLY),
    502,
    'Bad Gateway',
    PROVIDER_FAILED,
  ],
  server: [
    new KopoKopoServerError(OPERATORS_ONLY, { retryAfter: 5 }),
    502,
    'Bad Gateway',
    PROVIDER_FAILED,
  ],
  response: [
    new KopoKopoResponseError(OPERATORS_ONLY),
    502,
    'Bad Gateway',
    PROVIDER_FAILED,
  ],
  connection: [
    new KopoKopoConnectionError(OPERATORS_ONLY),
    503,
    'Service Unavailable',
    'The payment provider could not be reached.',
  ],
  aborted: [
    new KopoKopoAbortError(OPERATORS_ONLY),
    503,
    'Service Unavailable',
    'The request was given up.',
  ],
  'shut-down': [
    new KopoKopoShutdownError(OPERATORS_ONLY),
    503,
    'Service Unavailable',
    'The service is shutting down.',
  ],
  timeout: [
    new KopoKopoTimeoutError(OPERATORS_ONLY),
    504,
    'Gateway Timeout',
    'The payment provider did not answer in time.',
  ],
  configuration: [
    new KopoKopoConfigurationError(OPERATORS_ONLY),
    500,
    'Internal Server Error',
    'The payment provider is not set up.',
  ],
};

const OTHERS: Record<string, unknown> = {
  teapot: new NotFoundException('no such pot'),
  plain: new Error('a bug of the app'),
  text: 'thrown text',
};

@Controller()
@UseInterceptors(KopoKopoErrorInterceptor)
class FailingController {
  @Get('works')
  works(): { fine: boolean } {
    return { fine: true };
  }

  @Get('fails/:kind')
  async fails(@Param('kind') kind: string): Promise<never> {
    throw CASES[kind]?.[0] ?? OTHERS[kind];
  }
}

@Module({ controllers: [FailingController] })
class FailingModule {}

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('KopoKopoErrorInterceptor on %s', (_name, adapter) => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    app = await NestFactory.create(FailingModule, adapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });

  afterAll(() => app.close());

  it.each(Object.keys(CASES))(
    'turns %s into the answer of the table',
    async (kind) => {
      const [{ code }, statusCode, error, message] = CASES[kind]!;
      const answer = await fetch(`${url}/fails/${kind}`);
      expect(answer.status).toBe(statusCode);
      expect(await answer.json()).toEqual({ statusCode, error, message, code });
      expect(answer.headers.get('retry-after')).toBe(
        kind === 'rate-limit' ? '7' : null,
      );
    },
  );

  it('knows every code there is', () => {
    const codes = new Set(Object.values(CASES).map(([{ code }]) => code));
    expect(codes.size).toBe(13);
  });

  it('leaves what works, and the errors of others, as they are', async () => {
    const works = await fetch(`${url}/works`);
    expect(await works.json()).toEqual({ fine: true });
    const teapot = await fetch(`${url}/fails/teapot`);
    expect(await teapot.json()).toEqual({
      statusCode: 404,
      error: 'Not Found',
      message: 'no such pot',
    });
    const plain = await fetch(`${url}/fails/plain`);
    expect(await plain.json()).toEqual({
      statusCode: 500,
      message: 'Internal server error',
    });
  });
});

describe('KopoKopoErrorInterceptor', () => {
  function pass(type: string, outcome: CallHandler) {
    const context = {
      getType: () => type,
      switchToHttp: () => ({ getResponse: () => ({}) }),
    } as unknown as ExecutionContext;
    return lastValueFrom(
      new KopoKopoErrorInterceptor().intercept(context, outcome),
    );
  }

  it.each(['rpc', 'ws', 'graphql'])(
    'hands the error itself on in a %s context',
    async (type) => {
      const [error] = CASES['rate-limit']!;
      const failed = pass(type, { handle: () => throwError(() => error) });
      expect(await failureOf(failed)).toBe(error);
    },
  );

  it('manages with a response that has no header()', async () => {
    const [error] = CASES['rate-limit']!;
    const failed = pass('http', { handle: () => throwError(() => error) });
    expect(await failureOf(failed)).toMatchObject({ status: 429 });
    expect(await pass('http', { handle: () => of('fine') })).toBe('fine');
  });
});
