import {
  Controller,
  Get,
  Module,
  NotFoundException,
  UseInterceptors,
} from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
} from '@jest/globals';
import {
  KopoKopoErrorInterceptor,
  KopoKopoModule,
  TokenService,
} from '../../lib/index.js';
import { KopoKopoSandbox } from '../../lib/testing/index.js';
import type { SandboxFault } from '../../lib/testing/index.js';
import { HTTP_PLATFORMS, listen } from '../support/http-platforms.js';

@Controller()
@UseInterceptors(KopoKopoErrorInterceptor)
class ShopController {
  constructor(private readonly tokens: TokenService) {}

  @Get('mint')
  async mint(): Promise<{ done: true }> {
    await this.tokens.requestToken();
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
  answer: { statusCode: number; error: string; code: string };
}[] = [
  {
    failure: 'refused credentials',
    fault: status(401, { error: 'invalid_client' }),
    answer: {
      statusCode: 502,
      error: 'Bad Gateway',
      code: 'KOPOKOPO_AUTHENTICATION',
    },
  },
  {
    failure: 'a refused permission',
    fault: status(403),
    answer: {
      statusCode: 502,
      error: 'Bad Gateway',
      code: 'KOPOKOPO_PERMISSION',
    },
  },
  {
    failure: 'a server error',
    fault: status(500, { error_message: 'Internal detail' }),
    answer: { statusCode: 502, error: 'Bad Gateway', code: 'KOPOKOPO_SERVER' },
  },
  {
    failure: 'an answer that is none',
    fault: { kind: 'html' },
    answer: {
      statusCode: 502,
      error: 'Bad Gateway',
      code: 'KOPOKOPO_RESPONSE',
    },
  },
  {
    failure: 'an unknown path',
    fault: status(404),
    answer: { statusCode: 404, error: 'Not Found', code: 'KOPOKOPO_NOT_FOUND' },
  },
  {
    failure: 'a refusal',
    fault: status(400, { error_message: 'Source identifier is invalid' }),
    answer: {
      statusCode: 422,
      error: 'Unprocessable Entity',
      code: 'KOPOKOPO_REFUSED',
    },
  },
  {
    failure: 'a reset connection',
    fault: { kind: 'reset' },
    answer: {
      statusCode: 503,
      error: 'Service Unavailable',
      code: 'KOPOKOPO_CONNECTION',
    },
  },
  {
    failure: 'an endpoint that hangs',
    fault: { kind: 'hang' },
    answer: {
      statusCode: 504,
      error: 'Gateway Timeout',
      code: 'KOPOKOPO_TIMEOUT',
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
      sandbox = await KopoKopoSandbox.start();
      @Module({
        imports: [
          KopoKopoModule.forRoot({
            ...sandbox.moduleOptions,
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
      async ({ fault, answer }) => {
        sandbox.failAlways('token', fault);
        const response = await fetch(`${url}/mint`);
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
