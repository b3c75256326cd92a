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
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { lastValueFrom, of, throwError } from 'rxjs';
import {
  KopoKopoAbortError,
  KopoKopoAuthenticationError,
  KopoKopoConfigurationError,
  KopoKopoConnectionError,
  type KopoKopoError,
  KopoKopoErrorFilter,
  KopoKopoErrorInterceptor,
  KopoKopoNotFoundError,
  KopoKopoPermissionError,
  KopoKopoRateLimitError,
  KopoKopoReferenceError,
  KopoKopoRefusedError,
  KopoKopoResponseError,
  KopoKopoServerError,
  KopoKopoShutdownError,
  KopoKopoTimeoutError,
  KopoKopoValidationError,
} from '../../lib/index.js';
import { failureOf } from '../support/boot.js';
import { HTTP_PLATFORMS, listen } from '../support/http-platforms.js';

const OPERATORS_ONLY = 'internal: for the operator, not for the caller';
const PROVIDER_FAILED = 'The payment provider could not serve the request.';
const MAY_BE_ACCEPTED =
  /may have accepted this request.*must not be sent again before/;

/** A call that moves nothing, whatever became of it. */
const READ = { method: 'GET', path: '/api/v2/incoming_payments/1' };
const PAYOUT = { method: 'POST', path: '/api/v2/send_money' };

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
  'a reference that was used': [
    new KopoKopoReferenceError(OPERATORS_ONLY, PAYOUT),
    409,
    'Conflict',
    'This reference was used for another request.',
  ],
  'a reference of unknown outcome': [
    new KopoKopoReferenceError(OPERATORS_ONLY, {
      ...PAYOUT,
      outcome: 'unknown',
    }),
    502,
    'Bad Gateway',
    expect.stringMatching(MAY_BE_ACCEPTED),
  ],
  'a reference that nobody can look up': [
    new KopoKopoReferenceError(OPERATORS_ONLY, { ...PAYOUT, retryable: true }),
    503,
    'Service Unavailable',
    'The request can not be taken now, and was not sent.',
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
    new KopoKopoServerError(OPERATORS_ONLY, { ...READ, retryAfter: 5 }),
    502,
    'Bad Gateway',
    PROVIDER_FAILED,
  ],
  response: [
    new KopoKopoResponseError(OPERATORS_ONLY, READ),
    502,
    'Bad Gateway',
    PROVIDER_FAILED,
  ],
  connection: [
    new KopoKopoConnectionError(OPERATORS_ONLY, READ),
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
    new KopoKopoTimeoutError(OPERATORS_ONLY, READ),
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

/** Each may have been accepted. */
const UNKNOWN: Record<string, KopoKopoError> = {
  'timed-out': new KopoKopoTimeoutError(OPERATORS_ONLY, PAYOUT),
  disconnected: new KopoKopoConnectionError(OPERATORS_ONLY, PAYOUT),
  'answered-500': new KopoKopoServerError(OPERATORS_ONLY, PAYOUT),
  garbled: new KopoKopoResponseError(OPERATORS_ONLY, PAYOUT),
  'given-up': new KopoKopoAbortError(OPERATORS_ONLY, {
    ...PAYOUT,
    outcome: 'unknown',
  }),
  'limited-too-late': new KopoKopoRateLimitError(OPERATORS_ONLY, {
    ...PAYOUT,
    outcome: 'unknown',
    retryAfter: 3,
  }),
  nameless: new KopoKopoTimeoutError(OPERATORS_ONLY),
};

/** The outcome is unknown, and no money can have moved. */
const HARMLESS: Record<string, [KopoKopoError, number]> = {
  'read-timed-out': [new KopoKopoTimeoutError(OPERATORS_ONLY, READ), 504],
  'token-timed-out': [
    new KopoKopoTimeoutError(OPERATORS_ONLY, {
      method: 'POST',
      path: '/oauth/token',
    }),
    504,
  ],
  'revocation-lost': [
    new KopoKopoConnectionError(OPERATORS_ONLY, {
      method: 'POST',
      path: '/oauth/revoke',
    }),
    503,
  ],
};

const OTHERS: Record<string, unknown> = {
  teapot: new NotFoundException('no such pot'),
  plain: new Error('a bug of the app'),
  text: 'thrown text',
};

@Controller()
class FailingController {
  @Get('works')
  works(): { fine: boolean } {
    return { fine: true };
  }

  @Get('fails/:kind')
  async fails(@Param('kind') kind: string): Promise<never> {
    throw (
      CASES[kind]?.[0] ?? UNKNOWN[kind] ?? HARMLESS[kind]?.[0] ?? OTHERS[kind]
    );
  }
}

@Module({ controllers: [FailingController] })
class FailingModule {}

type Install = (app: INestApplication) => void;

const INSTALLED: [string, Install][] = [
  [
    'KopoKopoErrorInterceptor',
    (app) => app.useGlobalInterceptors(new KopoKopoErrorInterceptor()),
  ],
  [
    'KopoKopoErrorFilter',
    (app) => app.useGlobalFilters(new KopoKopoErrorFilter()),
  ],
];

describe.each(
  HTTP_PLATFORMS.flatMap(({ platform, adapter }) =>
    INSTALLED.map(([name, install]) => ({ name, platform, adapter, install })),
  ),
)('$name on $platform', ({ name, adapter, install }) => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    app = await NestFactory.create(FailingModule, adapter(), { logger: false });
    install(app);
    url = await listen(app);
  });

  afterAll(() => app.close());

  it.each(Object.keys(CASES))(
    `${name} turns %s into the answer of the table`,
    async (kind) => {
      const [{ code, outcome }, statusCode, error, message] = CASES[kind]!;
      const answer = await fetch(`${url}/fails/${kind}`);
      expect(answer.status).toBe(statusCode);
      expect(await answer.json()).toEqual({
        statusCode,
        error,
        message,
        code,
        outcome,
      });
      expect(answer.headers.get('retry-after')).toBe(
        kind === 'rate-limit' ? '7' : null,
      );
    },
  );

  it.each(Object.keys(UNKNOWN))(
    `${name} answers 502 to a call that may have been accepted: %s`,
    async (kind) => {
      const answer = await fetch(`${url}/fails/${kind}`);
      expect(answer.status).toBe(502);
      expect(await answer.json()).toEqual({
        statusCode: 502,
        error: 'Bad Gateway',
        message: expect.stringMatching(MAY_BE_ACCEPTED),
        code: UNKNOWN[kind]?.code,
        outcome: 'unknown',
      });
      expect(answer.headers.get('retry-after')).toBeNull();
    },
  );

  it.each(Object.keys(HARMLESS))(
    `${name} answers by the table where nothing can have moved: %s`,
    async (kind) => {
      const answer = await fetch(`${url}/fails/${kind}`);
      expect(answer.status).toBe(HARMLESS[kind]?.[1]);
      expect(await answer.json()).toEqual(
        expect.objectContaining({
          outcome: 'unknown',
          message: expect.not.stringMatching(MAY_BE_ACCEPTED),
        }),
      );
    },
  );

  it('knows every code there is', () => {
    const codes = new Set(Object.values(CASES).map(([{ code }]) => code));
    expect(codes.size).toBe(14);
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
      getClass: () => FailingController,
      getHandler: () => FailingController.prototype.fails,
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
