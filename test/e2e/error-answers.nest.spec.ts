import {
  type CanActivate,
  Controller,
  Get,
  type INestApplication,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestMiddleware,
  type NestModule,
  NotFoundException,
  Param,
  type PipeTransform,
  Post,
  Res,
  Sse,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
} from '@jest/globals';
import { concat, type Observable, of, throwError } from 'rxjs';
import {
  InjectTokenService,
  type KopoKopoError,
  KopoKopoErrorFilter,
  KopoKopoErrorInterceptor,
  KopoKopoHttpService,
  KopoKopoModule,
  KopoKopoRateLimitError,
  KopoKopoTimeoutError,
  TokenService,
} from '../../lib/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import type { SandboxFault } from '../../lib/testing/index.js';
import { LogBook } from '../support/boot.js';
import { HTTP_PLATFORMS, listen } from '../support/http-platforms.js';

@Controller()
@UseInterceptors(KopoKopoErrorInterceptor)
class ShopController {
  constructor(
    private readonly tokens: TokenService,
    @InjectTokenService('hasty') private readonly hasty: TokenService,
  ) {}

  @Get('mint')
  async mint(): Promise<{ done: true }> {
    await this.tokens.requestToken();
    return { done: true };
  }

  @Get('mint-in-haste')
  async mintInHaste(): Promise<{ done: true }> {
    await this.hasty.requestToken();
    return { done: true };
  }

  @Get('revoke')
  async revoke(): Promise<{ done: true }> {
    await this.tokens.revokeToken('a-token-of-another-client');
    return { done: true };
  }

  @Get('nonsense')
  async nonsense(): Promise<void> {
    await this.tokens.revokeToken('not a token');
  }

  @Get('missing')
  missing(): never {
    throw new NotFoundException('No such order.');
  }

  @Get('broken')
  broken(): never {
    throw new Error('a bug of the app');
  }
}

function status(
  code: number,
  body: object = {},
  headers: Record<string, string> = {},
): SandboxFault {
  return { kind: 'status', status: code, body, headers };
}

const UPSTREAM: {
  failure: string;
  fault: SandboxFault;
  path?: string;
  answer: { statusCode: number; error: string; code: string; outcome: string };
}[] = [
  {
    failure: 'refused credentials',
    fault: status(401, { error: 'invalid_client' }),
    answer: {
      statusCode: 502,
      error: 'Bad Gateway',
      code: 'KOPOKOPO_AUTHENTICATION',
      outcome: 'rejected',
    },
  },
  {
    failure: 'a refused permission',
    fault: status(403),
    answer: {
      statusCode: 502,
      error: 'Bad Gateway',
      code: 'KOPOKOPO_PERMISSION',
      outcome: 'rejected',
    },
  },
  {
    failure: 'a server error',
    fault: status(500, { error_message: 'Internal detail' }),
    answer: {
      statusCode: 502,
      error: 'Bad Gateway',
      code: 'KOPOKOPO_SERVER',
      outcome: 'unknown',
    },
  },
  {
    failure: 'an answer that is none',
    fault: { kind: 'html' },
    answer: {
      statusCode: 502,
      error: 'Bad Gateway',
      code: 'KOPOKOPO_RESPONSE',
      outcome: 'unknown',
    },
  },
  {
    failure: 'an unknown path',
    fault: status(404),
    answer: {
      statusCode: 404,
      error: 'Not Found',
      code: 'KOPOKOPO_NOT_FOUND',
      outcome: 'rejected',
    },
  },
  {
    failure: 'a refusal',
    fault: status(400, { error_message: 'Source identifier is invalid' }),
    answer: {
      statusCode: 422,
      error: 'Unprocessable Entity',
      code: 'KOPOKOPO_REFUSED',
      outcome: 'rejected',
    },
  },
  {
    failure: 'a reset connection',
    fault: { kind: 'reset' },
    answer: {
      statusCode: 503,
      error: 'Service Unavailable',
      code: 'KOPOKOPO_CONNECTION',
      outcome: 'unknown',
    },
  },
  {
    failure: 'an endpoint that hangs',
    fault: { kind: 'hang' },
    path: 'mint-in-haste',
    answer: {
      statusCode: 504,
      error: 'Gateway Timeout',
      code: 'KOPOKOPO_TIMEOUT',
      outcome: 'unknown',
    },
  },
];

describe.each(HTTP_PLATFORMS)(
  'KopoKopoErrorInterceptor on $platform',
  ({ adapter }) => {
    let sandbox: KopoKopoSandbox;
    let app: INestApplication;
    let url: string;

    beforeAll(async () => {
      sandbox = await KopoKopoSandbox.start({ api: 'scripted' });
      @Module({
        imports: [
          KopoKopoModule.forRoot({
            ...sandbox.moduleOptions,
            token: { prefetch: 'off', mintAttempts: 1 },
          }),
          KopoKopoModule.forRoot({
            ...sandbox.moduleOptions,
            name: 'hasty',
            token: { prefetch: 'off', mintAttempts: 1, attemptTimeout: 300 },
          }),
        ],
        controllers: [ShopController],
      })
      class ShopModule {}
      app = await NestFactory.create(ShopModule, adapter(), { logger: false });
      url = await listen(app);
    });

    beforeEach(() => sandbox.reset());

    afterAll(async () => {
      await app.close();
      await sandbox.stop();
    });

    it.each(UPSTREAM)(
      'answers $answer.statusCode to $failure and says nothing of the inside',
      async ({ fault, path = 'mint', answer }) => {
        sandbox.failAlways('token', fault);
        const response = await fetch(`${url}/${path}`);
        expect(response.status).toBe(answer.statusCode);
        const body = await response.json();
        expect(body).toEqual({ ...answer, message: expect.anything() });
        const said = JSON.stringify(body);
        expect(said).not.toContain(sandbox.clientSecret);
        expect(said).not.toContain('Internal detail');
        expect(said).not.toContain('127.0.0.1');
      },
    );

    it('answers 429 to a rate limit and passes Retry-After on', async () => {
      sandbox.failAlways('token', status(429, {}, { 'Retry-After': '17' }));
      const response = await fetch(`${url}/mint`);
      expect(response.status).toBe(429);
      expect(response.headers.get('retry-after')).toBe('17');
      expect(await response.json()).toMatchObject({
        statusCode: 429,
        error: 'Too Many Requests',
        code: 'KOPOKOPO_RATE_LIMIT',
      });
    });

    it('answers 400 to a value that can never be sent', async () => {
      const response = await fetch(`${url}/nonsense`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        statusCode: 400,
        error: 'Bad Request',
        code: 'KOPOKOPO_VALIDATION',
      });
      expect(sandbox.counters.connections).toBe(0);
    });

    it('leaves good answers alone', async () => {
      const [minted, revoked] = await Promise.all([
        fetch(`${url}/mint`),
        fetch(`${url}/revoke`),
      ]);
      expect(await minted.json()).toEqual({ done: true });
      expect(await revoked.json()).toEqual({ done: true });
    });

    it("leaves the app's own errors alone", async () => {
      const missing = await fetch(`${url}/missing`);
      expect(await missing.json()).toEqual({
        statusCode: 404,
        error: 'Not Found',
        message: 'No such order.',
      });
      const broken = await fetch(`${url}/broken`);
      expect(await broken.json()).toEqual({
        statusCode: 500,
        message: 'Internal server error',
      });
    });
  },
);

@Controller('payouts')
class PayoutController {
  constructor(private readonly kopokopo: KopoKopoHttpService) {}

  @Post('to/:phone')
  async pay(@Param('phone') phone: string): Promise<unknown> {
    const { headers } = await this.kopokopo.post('/send_money', { phone });
    return { location: headers.location };
  }
}

type Install = (app: INestApplication) => unknown;

const PHONE = '0712345678';

describe.each(HTTP_PLATFORMS)('a lost answer on $platform', ({ adapter }) => {
  let sandbox: KopoKopoSandbox;
  let app: INestApplication | undefined;
  let book: LogBook;

  beforeAll(async () => {
    sandbox = await KopoKopoSandbox.start({ api: 'scripted' });
  });

  beforeEach(() => {
    book = new LogBook();
    sandbox.reset();
  });

  afterEach(() => app?.close());

  afterAll(() => sandbox.stop());

  async function open(install: Install): Promise<string> {
    @Module({
      imports: [KopoKopoModule.forRoot(sandbox.moduleOptions)],
      controllers: [PayoutController],
    })
    class PayoutModule {}
    app = await NestFactory.create(PayoutModule, adapter(), { logger: book });
    app.enableShutdownHooks();
    app.setGlobalPrefix('shop');
    install(app);
    return listen(app);
  }

  async function payOut(url: string): Promise<Response> {
    sandbox.failNext('api', { kind: 'lost' });
    return fetch(`${url}/shop/payouts/to/${PHONE}`, { method: 'POST' });
  }

  it.each<[string, Install]>([
    [
      'the interceptor',
      (app) => app.useGlobalInterceptors(new KopoKopoErrorInterceptor()),
    ],
    ['the filter', (app) => app.useGlobalFilters(new KopoKopoErrorFilter())],
    [
      'both',
      (app) =>
        app
          .useGlobalInterceptors(new KopoKopoErrorInterceptor())
          .useGlobalFilters(new KopoKopoErrorFilter()),
    ],
  ])(
    "lost answer through %s: 502, outcome 'unknown' in the body, one WARN",
    async (_how, install) => {
      const url = await open(install);
      const answer = await payOut(url);

      expect(answer.status).toBe(502);
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      expect(await answer.json()).toEqual({
        statusCode: 502,
        error: 'Bad Gateway',
        code: 'KOPOKOPO_CONNECTION',
        outcome: 'unknown',
        message: expect.stringMatching(
          /may have accepted this request.*must not be sent again before/,
        ),
      });
      expect(sandbox.counters.api).toBe(1);
      const [warning, ...more] = book.of('warn');
      expect(more).toEqual([]);
      expect(warning).toContain('KOPOKOPO_CONNECTION, outcome unknown');
      expect(warning).toContain('POST /api/v2/send_money may');
      expect(warning).toContain('in POST /shop/payouts/to/:phone');
      expect(warning).toMatch(/ KopoKopo\w*$/);
      expect(book.lines.join()).not.toContain(PHONE);
    },
  );
});

const LIMITED = (): KopoKopoError =>
  new KopoKopoRateLimitError('Slow down.', { retryAfter: 6.2 });
const LOST = (): KopoKopoError =>
  new KopoKopoTimeoutError('No answer.', {
    method: 'POST',
    path: '/api/v2/send_money',
  });

@Injectable()
class FailingGuard implements CanActivate {
  canActivate(): never {
    throw LIMITED();
  }
}

@Injectable()
class FailingPipe implements PipeTransform {
  async transform(): Promise<never> {
    throw LIMITED();
  }
}

@Injectable()
class FailingMiddleware implements NestMiddleware {
  async use(): Promise<never> {
    throw LIMITED();
  }
}

/** What both adapters hand out for `@Res()`. */
interface Handed {
  raw?: Handed;
  hijack?(): void;
  write(text: string): void;
}

@Controller()
class OutsideController {
  @Get('guard')
  @UseGuards(FailingGuard)
  guarded(): void {}

  @Get('pipe/:id')
  piped(@Param('id', FailingPipe) _id: string): void {}

  @Get('middleware')
  behind(): void {}

  @Get('own')
  own(): never {
    throw new NotFoundException('No such order.');
  }

  @Get('begun/:kind')
  begun(@Param('kind') kind: string, @Res() response: Handed): never {
    response.hijack?.();
    (response.raw ?? response).write('begun, ');
    throw kind === 'limited' ? LIMITED() : LOST();
  }

  @Sse('stream')
  stream(): Observable<{ data: string }> {
    return concat(of({ data: 'begun' }), throwError(LIMITED));
  }
}

@Module({ controllers: [OutsideController] })
class OutsideModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(FailingMiddleware).forRoutes('middleware');
  }
}

@Module({
  imports: [OutsideModule],
  providers: [{ provide: APP_FILTER, useClass: KopoKopoErrorFilter }],
})
class ProvidedFilterModule {}

describe.each(HTTP_PLATFORMS)('errors on $platform', ({ adapter }) => {
  let app: INestApplication | undefined;
  let book: LogBook;

  beforeEach(() => {
    book = new LogBook();
  });

  afterEach(() => app?.close());

  async function open(
    install: Install,
    module: typeof OutsideModule | typeof ProvidedFilterModule = OutsideModule,
  ): Promise<string> {
    app = await NestFactory.create(module, adapter(), { logger: book });
    install(app);
    return listen(app);
  }

  const interceptor: Install = (app) =>
    app.useGlobalInterceptors(new KopoKopoErrorInterceptor());
  const filter: Install = (app) =>
    app.useGlobalFilters(new KopoKopoErrorFilter());

  it.each([
    ['useGlobalFilters', filter, OutsideModule],
    ['APP_FILTER', (): void => {}, ProvidedFilterModule],
  ] as const)(
    'KopoKopoErrorFilter set by %s answers what guards, pipes and middleware throw',
    async (_how, install, module) => {
      const url = await open(install, module);
      for (const path of ['guard', 'pipe/7', 'middleware']) {
        const answer = await fetch(`${url}/${path}`);
        expect([path, answer.status]).toEqual([path, 429]);
        expect(answer.headers.get('retry-after')).toBe('7');
        expect(answer.headers.get('content-type')).toMatch(
          /^application\/json/,
        );
        expect(await answer.json()).toEqual({
          statusCode: 429,
          error: 'Too Many Requests',
          message: 'Slow down.',
          code: 'KOPOKOPO_RATE_LIMIT',
          outcome: 'rejected',
        });
      }
    },
  );

  it("KopoKopoErrorFilter leaves the app's own errors to others", async () => {
    const url = await open(filter);
    const answer = await fetch(`${url}/own`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({
      statusCode: 404,
      error: 'Not Found',
      message: 'No such order.',
    });
  });

  it.each([
    ['interceptor', interceptor],
    ['filter', filter],
    ['interceptor and filter', (app) => [interceptor(app), filter(app)]],
  ] as [string, Install][])(
    'an error after the headers survives as it is, and the answer is ended: %s',
    async (_how, install) => {
      const url = await open(install);
      for (const kind of ['limited', 'lost']) {
        const answer = await fetch(`${url}/begun/${kind}`);
        expect(answer.status).toBe(200);
        expect(await answer.text()).toBe('begun, ');
      }
      const errors = book.of('error');
      expect(errors).toHaveLength(2);
      expect(errors[0]).toContain('KopoKopoRateLimitError: Slow down.');
      expect(errors[1]).toContain('KopoKopoTimeoutError: No answer.');
      expect(book.of('warn')).toHaveLength(1);
      expect(book.lines.join()).not.toContain('ERR_HTTP_HEADERS_SENT');
    },
  );

  it('an error in a stream of events survives as it is', async () => {
    const url = await open((app) => [interceptor(app), filter(app)]);
    const answer = await fetch(`${url}/stream`);
    expect(await answer.text()).toContain('data: begun');
    expect(book.lines.join()).not.toContain('ERR_HTTP_HEADERS_SENT');
    expect(book.lines.join()).not.toContain('HttpException');
  });
});
